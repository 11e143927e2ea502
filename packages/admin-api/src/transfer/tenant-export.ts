import type { DeviceRow, Page, Quotas, QuotaSubject } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import type { AdminContext } from '../admin-context.js';
import { ruleView } from '../schemas/rule.js';
import {
  TENANT_FORMAT,
  type CUSTOMER_IN_FILE,
  type DEVICE_IN_FILE,
  type PLUGIN_IN_FILE,
  type RULE_IN_FILE,
  type USER_IN_FILE,
} from '../schemas/tenant-file.js';
import type { ValueOf } from '../schemas/schema.js';

const PAGE = 500;

/** Everything that a tenant has, written piece by piece as one JSON document: a page of rows is in memory at a time. */
export class TenantExport {
  constructor(
    private readonly context: AdminContext,
    private readonly tenantId: string,
  ) {}

  async *write(): AsyncGenerator<string> {
    const { registry, accounts } = this.context;
    const tenant = await registry.findTenant(this.tenantId);
    if (tenant === undefined) throw new Error('The tenant of a caller is not there');
    const { id, title } = tenant;
    yield `{"format":${JSON.stringify(TENANT_FORMAT)},"version":1,"tenant":${JSON.stringify({ id, title })}`;
    yield* this.section(
      'customers',
      (page) => registry.listCustomers(id, page),
      async (customer) =>
        this.withQuotas({ kind: 'customer', id: customer.id }, {
          id: customer.id,
          title: customer.title,
          createdAt: customer.createdAt,
        } satisfies ValueOf<typeof CUSTOMER_IN_FILE>),
    );
    yield* this.section(
      'users',
      (page) => accounts.listUsers(id, page),
      ({ username, role, customerId }) => ({
        username,
        role: role as ValueOf<typeof USER_IN_FILE>['role'],
        ...(customerId === undefined ? {} : { customerId }),
      }),
    );
    yield `,"plugins":${JSON.stringify(await this.plugins())}`;
    yield `,"rules":${JSON.stringify(await this.rules())}`;
    yield* this.section(
      'devices',
      (page) => registry.listDeviceRows(id, page),
      (device) => this.device(device),
    );
    yield '}\n';
  }

  private async *section<R extends { readonly id: string }>(
    name: string,
    read: (page: Page) => Awaitable<readonly R[]>,
    view: (row: R) => Awaitable<object>,
  ): AsyncGenerator<string> {
    yield `,"${name}":[`;
    let separator = '';
    for (let after: string | undefined, isLast = false; !isLast;) {
      const rows = await read({ limit: PAGE, after });
      const texts = (await Promise.all(rows.map(async (row) => view(row)))).map((row) => JSON.stringify(row));
      if (texts.length > 0) yield `${separator}\n${texts.join(',\n')}`;
      separator = ',';
      after = rows.at(-1)?.id;
      isLast = rows.length < PAGE;
    }
    yield ']';
  }

  private async plugins(): Promise<readonly ValueOf<typeof PLUGIN_IN_FILE>[]> {
    const { registry } = this.context;
    const plugins = (await registry.listPlugins(this.tenantId)).toSorted(byAge);
    return Promise.all(
      plugins.map(async ({ id, clazz, name, apiToken, state, audit, configuration, createdAt }) => {
        const { enabled } = await registry.findCustomerSettings(id, undefined);
        const customers = { default: enabled, customers: Object.fromEntries(await registry.listCustomerSettings(id)) };
        return { id, type: clazz, name, token: apiToken, state, audit, configuration, createdAt, customers };
      }),
    );
  }

  private async rules(): Promise<readonly ValueOf<typeof RULE_IN_FILE>[]> {
    const rules = (await this.context.registry.listRules(this.tenantId)).toSorted(byAge);
    return rules.map((rule) => ({ ...ruleView(rule), createdAt: rule.createdAt }));
  }

  private async device({ id, name, type, customerId, createdAt }: DeviceRow): Promise<object> {
    const found = await this.context.registry.findCredentials(id);
    const credentials = found === undefined ? null : { type: found.type, digest: found.digest };
    const device = { id, name, type, customerId: customerId ?? null, createdAt, credentials };
    return this.withQuotas({ kind: 'device', id }, device satisfies ValueOf<typeof DEVICE_IN_FILE>);
  }

  private async withQuotas<T extends object>(subject: QuotaSubject, row: T): Promise<T & { quotas?: Quotas }> {
    const quotas = await this.context.registry.findQuotas(subject);
    return Object.keys(quotas).length === 0 ? row : { ...row, quotas };
  }
}

function byAge(one: { readonly createdAt: number }, other: { readonly createdAt: number }): number {
  return one.createdAt - other.createdAt;
}
