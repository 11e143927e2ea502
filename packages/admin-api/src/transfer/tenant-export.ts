import type { Customer, DeviceRow, Page, Quotas, User } from '@device-messaging/host-api';
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
      (customers) => this.customers(customers),
    );
    yield* this.section(
      'users',
      (page) => accounts.listUsers(id, page),
      (users) => users.map(userInFile),
    );
    yield `,"plugins":${JSON.stringify(await this.plugins())}`;
    yield `,"rules":${JSON.stringify(await this.rules())}`;
    yield* this.section(
      'devices',
      (page) => registry.listDeviceRows(id, page),
      (devices) => this.devices(devices),
    );
    yield '}\n';
  }

  private async *section<R extends { readonly id: string }>(
    name: string,
    read: (page: Page) => Awaitable<readonly R[]>,
    view: (rows: readonly R[]) => Awaitable<readonly object[]>,
  ): AsyncGenerator<string> {
    yield `,"${name}":[`;
    let separator = '';
    for (let after: string | undefined, isLast = false; !isLast;) {
      const rows = await read({ limit: PAGE, after });
      const texts = (await view(rows)).map((row) => JSON.stringify(row));
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
        const enablement = await registry.findEnablement(id);
        const customers = {
          default: enablement?.enabledByDefault ?? true,
          customers: Object.fromEntries(enablement?.customers ?? []),
        };
        return { id, type: clazz, name, token: apiToken, state, audit, configuration, createdAt, customers };
      }),
    );
  }

  private async rules(): Promise<readonly ValueOf<typeof RULE_IN_FILE>[]> {
    const rules = (await this.context.registry.listRules(this.tenantId)).toSorted(byAge);
    return rules.map((rule) => ({ ...ruleView(rule), createdAt: rule.createdAt }));
  }

  private async customers(rows: readonly Customer[]): Promise<readonly ValueOf<typeof CUSTOMER_IN_FILE>[]> {
    const quotas = await this.context.registry.listQuotas('customer', rows.map(idOf));
    return rows.map(({ id, title, createdAt }) => ({ id, title, createdAt, ...withQuotas(quotas.get(id)) }));
  }

  /** What belongs to the devices of a page is asked for together: one by one, most of the time is spent on the way. */
  private async devices(rows: readonly DeviceRow[]): Promise<readonly ValueOf<typeof DEVICE_IN_FILE>[]> {
    const { registry } = this.context;
    const ids = rows.map(idOf);
    const [credentials, quotas] = await Promise.all([
      registry.listCredentials(ids),
      registry.listQuotas('device', ids),
    ]);
    return rows.map(({ id, name, type, customerId = null, createdAt }) => {
      const own = credentials.get(id);
      const secret = own === undefined ? null : { type: own.type, digest: own.digest };
      return { id, name, type, customerId, createdAt, credentials: secret, ...withQuotas(quotas.get(id)) };
    });
  }
}

function userInFile({ username, role, customerId }: User): ValueOf<typeof USER_IN_FILE> {
  return {
    username,
    role: role as ValueOf<typeof USER_IN_FILE>['role'],
    ...(customerId === undefined ? {} : { customerId }),
  };
}

function withQuotas(quotas: Quotas | undefined): { readonly quotas?: Quotas } {
  return quotas === undefined ? {} : { quotas };
}

function idOf({ id }: { readonly id: string }): string {
  return id;
}

function byAge(one: { readonly createdAt: number }, other: { readonly createdAt: number }): number {
  return one.createdAt - other.createdAt;
}
