import type { Customer, CustomerSettings, PluginDefinition } from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';
import type { AdminContext } from '../admin-context.js';
import { Answer, noContent } from '../http/answer.js';
import { assertMatches, contentTag } from '../http/etag.js';
import type { AdminRequest } from '../http/operation.js';
import { invalid } from '../problem/problem.js';
import type { CUSTOMER_SETTINGS, PLUGIN_CUSTOMERS } from '../schemas/plugin.js';
import type { ValueOf } from '../schemas/schema.js';
import { PluginChecks } from './plugin-checks.js';

type Request<B> = Pick<AdminRequest<unknown, unknown, B>, 'caller' | 'trace' | 'ifMatch' | 'body'>;
type All = ValueOf<typeof PLUGIN_CUSTOMERS>;
type One = ValueOf<typeof CUSTOMER_SETTINGS>;

/** For which customers a plugin is enabled, and with which overrides. One change of a plugin at a time. */
export class PluginCustomers {
  private readonly checks: PluginChecks;

  constructor(private readonly context: AdminContext) {
    this.checks = new PluginChecks(context.host, context.registry);
  }

  async show({ id }: PluginDefinition): Promise<Answer> {
    const view = await this.view(id);
    return new Answer(200, view, { etag: contentTag(view) });
  }

  /** Replaces everything. */
  replace(plugin: PluginDefinition, request: Request<All>): Promise<Answer> {
    return this.context.locks.run(plugin.id, async () => {
      assertMatches(request.ifMatch, contentTag(await this.view(plugin.id)));
      const wanted = await this.wanted(plugin, request.body.customers);
      await this.checks.assertOverrides(plugin, wanted);
      await this.store(plugin.id, request.body.default, wanted);
      this.audit(plugin, request, { default: request.body.default, customers: wanted.size });
      return this.show(plugin);
    });
  }

  /** Says what holds for one customer. */
  put(plugin: PluginDefinition, { id }: Customer, request: Request<One>): Promise<Answer> {
    return this.context.locks.run(plugin.id, async () => {
      assertMatches(request.ifMatch, contentTag(await this.view(plugin.id)));
      const settings = settingsOf(request.body);
      await this.checks.assertOverrides(plugin, new Map([[id, settings]]));
      await this.context.registry.putCustomerSettings(plugin.id, id, settings);
      this.audit(plugin, request, { customerId: id, enabled: settings.enabled });
      return new Answer(200, settings, { etag: contentTag(await this.view(plugin.id)) });
    });
  }

  /** Back to the default. */
  delete(plugin: PluginDefinition, { id }: Customer, request: Omit<Request<unknown>, 'body'>): Promise<Answer> {
    return this.context.locks.run(plugin.id, async () => {
      assertMatches(request.ifMatch, contentTag(await this.view(plugin.id)));
      await this.context.registry.deleteCustomerSettings(plugin.id, id);
      this.audit(plugin, request, { customerId: id, enabled: null });
      return noContent();
    });
  }

  private async view(pluginId: string): Promise<All> {
    const { registry } = this.context;
    const [byDefault, customers] = await Promise.all([
      registry.findCustomerSettings(pluginId, undefined),
      registry.listCustomerSettings(pluginId),
    ]);
    return { default: byDefault.enabled, customers: Object.fromEntries([...customers].map(viewOf)) };
  }

  /** @throws Problem 400 naming the first id that is none of a customer of the tenant */
  private async wanted(
    { tenantId }: PluginDefinition,
    customers: All['customers'],
  ): Promise<ReadonlyMap<string, CustomerSettings>> {
    const wanted = new Map<string, CustomerSettings>();
    for (const [given, one] of Object.entries(customers)) {
      const id = given.toLowerCase();
      const customer = await this.context.registry.findCustomer(id);
      if (customer?.tenantId !== tenantId) throw invalid(`customers.${given}`, 'is no customer of yours');
      if (wanted.has(id)) throw invalid(`customers.${given}`, 'is there twice');
      wanted.set(id, settingsOf(one));
    }
    return wanted;
  }

  /** Writes what differs, so that nothing else is disturbed and a second PUT changes nothing. */
  private async store(pluginId: string, byDefault: boolean, wanted: ReadonlyMap<string, CustomerSettings>) {
    const { registry } = this.context;
    const known = await registry.listCustomerSettings(pluginId);
    for (const id of known.keys()) if (!wanted.has(id)) await registry.deleteCustomerSettings(pluginId, id);
    for (const [id, settings] of wanted) {
      if (!isDeepStrictEqual(known.get(id), settings)) await registry.putCustomerSettings(pluginId, id, settings);
    }
    const { enabled } = await registry.findCustomerSettings(pluginId, undefined);
    if (enabled !== byDefault) await registry.setEnabledByDefault(pluginId, byDefault);
  }

  private audit({ id }: PluginDefinition, { caller, trace }: Omit<Request<unknown>, 'body'>, details: object): void {
    const change = { action: 'UPDATE', entity: 'plugin-customers', entityId: id, details: { ...details } } as const;
    this.context.audit.changed(caller, trace, change);
  }
}

function settingsOf({ enabled, configuration = {} }: One): CustomerSettings {
  return { enabled, configuration };
}

function viewOf([id, { enabled, configuration }]: readonly [string, CustomerSettings]): readonly [string, One] {
  return [id, { enabled, configuration }];
}
