import {
  ConfigurationError,
  RegistryError,
  type CustomerSettings,
  type QuotaSubject,
} from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import type { AdminContext } from '../admin-context.js';
import { compileSchema } from '../http/schema-compiler.js';
import { createPlugin } from '../plugins/create-plugin.js';
import { PluginCustomers } from '../plugins/plugin-customers.js';
import { assertRule } from '../plugins/rule-checks.js';
import { invalid, invalidAll, Problem } from '../problem/problem.js';
import { schemaProblems } from '../problem/schema-problems.js';
import type { Schema, ValueOf } from '../schemas/schema.js';
import {
  CUSTOMER_IN_FILE,
  DEVICE_IN_FILE,
  PLUGIN_IN_FILE,
  RULE_IN_FILE,
  TENANT_FORMAT,
  USER_IN_FILE,
} from '../schemas/tenant-file.js';
import type { ImportReport } from './import-report.js';
import type { JsonUnit } from './json-sections.js';
import { WorkWindow } from './work-window.js';

const AT_ONCE = 1_024;

/** Makes one row of a section; `path` says where in the file it stands. */
type Take = (row: unknown, path: string) => Promise<void>;

/**
 * Makes what a tenant's file holds in another tenant, row by row as they come: customers before what names them, as the
 * export writes them. What cannot be made is told, and the rest is made. Ids stay what they are.
 */
export class TenantImport {
  private readonly customerIds = new Set<string>();
  private readonly window = new WorkWindow(AT_ONCE);
  private readonly pluginCustomers: PluginCustomers;
  private readonly sections: Readonly<Record<string, Take>>;

  constructor(
    private readonly context: AdminContext,
    private readonly tenantId: string,
    private readonly report: ImportReport,
  ) {
    this.pluginCustomers = new PluginCustomers(context);
    this.sections = {
      customers: section(CUSTOMER_IN_FILE, (row) => this.customer(row)),
      users: section(USER_IN_FILE, () => {
        throw new RegistryError('INVALID', 'has no password in the file: make the user, with a new one');
      }),
      plugins: section(PLUGIN_IN_FILE, (row, path) => this.plugin(row, path)),
      rules: section(RULE_IN_FILE, (row) => this.rule(row)),
      devices: section(DEVICE_IN_FILE, (row) => this.device(row)),
    };
  }

  /** @throws Problem 400 when it is a file of another format or version */
  async take({ member, index, value }: JsonUnit): Promise<void> {
    if (member === 'format') return assertIs(value, TENANT_FORMAT, member);
    if (member === 'version') return assertIs(value, 1, member);
    // Whose the rows were; here they are the caller's.
    if (member === 'tenant') return;
    const isEmptyList = Array.isArray(value) && value.length === 0;
    const take = Object.hasOwn(this.sections, member) ? this.sections[member] : undefined;
    if (take !== undefined && index === undefined && isEmptyList) return;
    if (take === undefined || index === undefined) {
      const path = index === undefined ? member : `${member}.${index}`;
      this.report.unmapped(path.slice(0, 60), 'is not known');
      return;
    }
    const path = `${member}.${index}`;
    const work = this.attempt(path, () => take(value, path));
    // Devices hang on nothing that is in the file with them; everything else is waited for.
    if (member === 'devices') await this.window.add(work);
    else await work;
  }

  /** Done when everything that was taken is made, or told. */
  async finish(): Promise<void> {
    await this.window.settle();
    this.window.throwFailure();
  }

  private async customer({ quotas, ...customer }: ValueOf<typeof CUSTOMER_IN_FILE>): Promise<void> {
    const { registry } = this.context;
    const id = customer.id.toLowerCase();
    if ((await registry.findCustomer(id))?.tenantId === this.tenantId) this.customerIds.add(id);
    const made = await registry.createCustomer({ ...customer, tenantId: this.tenantId });
    this.customerIds.add(made.id);
    this.report.made('customers', made.id, made.title);
    if (quotas !== undefined) await registry.putQuotas({ kind: 'customer', id: made.id }, quotas);
  }

  private async plugin(
    { type, token, customers, ...plugin }: ValueOf<typeof PLUGIN_IN_FILE>,
    path: string,
  ): Promise<void> {
    const { registry } = this.context;
    const wanted = { ...plugin, tenantId: this.tenantId, clazz: type, apiToken: token };
    const { plugin: made } = await createPlugin(this.context, wanted, false);
    this.report.made('plugins', made.id, made.name);
    if (!customers.default) await registry.setEnabledByDefault(made.id, false);
    for (const [customerId, { enabled, configuration = {} }] of Object.entries(customers.customers)) {
      const settings: CustomerSettings = { enabled, configuration };
      await this.attempt(`${path}.customers.customers.${customerId}`, async () => {
        this.assertCustomer(customerId);
        await this.pluginCustomers.say(made.id, customerId.toLowerCase(), settings);
      });
    }
  }

  private async rule({ processor, ...rule }: ValueOf<typeof RULE_IN_FILE>): Promise<void> {
    const { registry, host } = this.context;
    const wanted = { ...rule, tenantId: this.tenantId, processor: processor ?? undefined };
    await assertRule(host, registry, wanted);
    const made = await registry.createRule(wanted);
    this.report.made('rules', made.id, made.name);
  }

  private async device({ quotas, credentials, customerId, ...device }: ValueOf<typeof DEVICE_IN_FILE>): Promise<void> {
    const { registry } = this.context;
    if (customerId !== null) this.assertCustomer(customerId);
    const wanted = { ...device, tenantId: this.tenantId, customerId: customerId ?? undefined };
    const { id, name } = await registry.createDevice(wanted, credentials ?? undefined);
    this.report.made('devices', id, name);
    const subject: QuotaSubject = { kind: 'device', id };
    if (quotas !== undefined) await registry.putQuotas(subject, quotas);
  }

  /** A customer of the file, or one that was there: never another tenant's. */
  private assertCustomer(customerId: string): void {
    if (!this.customerIds.has(customerId.toLowerCase())) {
      throw new RegistryError('NOT_FOUND', 'names a customer that the file does not have or that could not be made');
    }
  }

  /** What a row is refused for is told; a registry that fails ends the import. */
  private async attempt(path: string, make: () => Awaitable<void>): Promise<void> {
    try {
      await make();
    } catch (error) {
      for (const message of refusalsOf(error)) this.report.unmapped(path, message);
    }
  }
}

/** Rows of a section are held against their schema one by one: one that is wrong does not spoil the others. */
function section<T>(schema: Schema<T>, take: (row: T, path: string) => Awaitable<void>): Take {
  const check = compileSchema({ schema, method: 'POST', url: '', httpPart: 'body' });
  return async (row, path) => {
    if (check(row) !== true) throw invalidAll(schemaProblems(check.errors ?? []));
    await take(row as T, path);
  };
}

function assertIs(value: unknown, expected: unknown, path: string): void {
  if (value !== expected) throw invalid(path, `must be ${String(expected)}`);
}

function refusalsOf(error: unknown): readonly string[] {
  if (error instanceof RegistryError || error instanceof ConfigurationError) return [error.message];
  if (error instanceof Problem && error.status < 500) {
    const { errors } = error.extras;
    return errors === undefined ? [error.message] : errors.map(({ path, message }) => `${path} ${message}`);
  }
  throw error;
}
