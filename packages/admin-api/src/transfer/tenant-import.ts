import {
  ConfigurationError,
  RegistryError,
  type CustomerSettings,
  type QuotaSubject,
} from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import type { AdminContext } from '../admin-context.js';
import { createPlugin } from '../plugins/create-plugin.js';
import { PluginChecks } from '../plugins/plugin-checks.js';
import { assertRule } from '../plugins/rule-checks.js';
import { Problem } from '../problem/problem.js';
import type { TENANT_FILE } from '../schemas/tenant-file.js';
import type { ValueOf } from '../schemas/schema.js';
import type { ImportReport } from './import-report.js';
import { WorkWindow } from './work-window.js';

type TenantFile = ValueOf<typeof TENANT_FILE>;
type PluginInFile = TenantFile['plugins'][number];
type DeviceInFile = TenantFile['devices'][number];

const AT_ONCE = 256;

/** Makes what a tenant's file holds in another tenant, row by row; what cannot be made is told. Ids stay what they are. */
export class TenantImport {
  private readonly customerIds = new Set<string>();

  constructor(
    private readonly context: AdminContext,
    private readonly tenantId: string,
    private readonly report: ImportReport,
  ) {}

  async run(file: TenantFile): Promise<void> {
    const { registry } = this.context;
    for (const [index, { quotas, ...customer }] of file.customers.entries()) {
      const path = `customers.${index}`;
      const id = customer.id.toLowerCase();
      if ((await registry.findCustomer(id))?.tenantId === this.tenantId) this.customerIds.add(id);
      await this.attempt(path, async () => {
        const made = await registry.createCustomer({ ...customer, tenantId: this.tenantId });
        this.customerIds.add(made.id);
        this.report.made('customers', made.id, made.title);
        if (quotas !== undefined) await registry.putQuotas({ kind: 'customer', id: made.id }, quotas);
      });
    }
    for (const [index] of file.users.entries()) {
      this.report.unmapped(`users.${index}`, 'has no password in the file: make the user, with a new one');
    }
    for (const [index, plugin] of file.plugins.entries()) await this.plugin(`plugins.${index}`, plugin);
    await this.rules(file.rules);
    await this.devices(file.devices);
  }

  private async plugin(path: string, { type, token, customers, ...plugin }: PluginInFile): Promise<void> {
    await this.attempt(path, async () => {
      const wanted = { ...plugin, tenantId: this.tenantId, clazz: type, apiToken: token };
      const { plugin: made } = await createPlugin(this.context, wanted, false);
      this.report.made('plugins', made.id, made.name);
      const { registry, host } = this.context;
      if (!customers.default) await registry.setEnabledByDefault(made.id, false);
      for (const [customerId, { enabled, configuration = {} }] of Object.entries(customers.customers)) {
        const settings: CustomerSettings = { enabled, configuration };
        await this.attempt(`${path}.customers.customers.${customerId}`, async () => {
          this.assertCustomer(customerId);
          await new PluginChecks(host, registry).assertOverrides(made, new Map([[customerId, settings]]));
          await registry.putCustomerSettings(made.id, customerId, settings);
        });
      }
    });
  }

  private async rules(rules: TenantFile['rules']): Promise<void> {
    const { registry, host } = this.context;
    for (const [index, { processor, ...rule }] of rules.entries()) {
      await this.attempt(`rules.${index}`, async () => {
        const wanted = { ...rule, tenantId: this.tenantId, processor: processor ?? undefined };
        await assertRule(host, registry, wanted);
        const made = await registry.createRule(wanted);
        this.report.made('rules', made.id, made.name);
      });
    }
  }

  private async devices(devices: TenantFile['devices']): Promise<void> {
    const window = new WorkWindow(AT_ONCE);
    try {
      for (const [index, device] of devices.entries()) await window.add(this.device(`devices.${index}`, device));
    } finally {
      await window.settle();
    }
    window.throwFailure();
  }

  private device(path: string, { quotas, credentials, customerId, ...device }: DeviceInFile): Promise<void> {
    const { registry } = this.context;
    return this.attempt(path, async () => {
      if (customerId !== null) this.assertCustomer(customerId);
      const wanted = { ...device, tenantId: this.tenantId, customerId: customerId ?? undefined };
      const { id, name } = await registry.createDevice(wanted, credentials ?? undefined);
      this.report.made('devices', id, name);
      const subject: QuotaSubject = { kind: 'device', id };
      if (quotas !== undefined) await registry.putQuotas(subject, quotas);
    });
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

function refusalsOf(error: unknown): readonly string[] {
  if (error instanceof RegistryError) return [error.message];
  if (error instanceof ConfigurationError) return [error.message];
  if (error instanceof Problem && error.status < 500) {
    const { errors } = error.extras;
    return errors === undefined ? [error.message] : errors.map(({ path, message }) => `${path} ${message}`);
  }
  throw error;
}
