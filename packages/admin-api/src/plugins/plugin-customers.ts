import type {
  Customer,
  CustomerSettings,
  Enablement,
  Expectation,
  PluginDefinition,
  Settings,
} from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { noContent, row, type Answer } from '../http/answer.js';
import type { AdminRequest } from '../http/operation.js';
import { invalid, notFound } from '../problem/problem.js';
import type { CUSTOMER_SETTINGS, PLUGIN_CUSTOMERS } from '../schemas/plugin.js';
import type { ValueOf } from '../schemas/schema.js';
import { checkedChange } from './checked-change.js';
import { PluginChecks } from './plugin-checks.js';

type Request<B> = Pick<AdminRequest<unknown, unknown, B>, 'caller' | 'trace' | 'ifMatch' | 'body'>;
type All = ValueOf<typeof PLUGIN_CUSTOMERS>;
type One = ValueOf<typeof CUSTOMER_SETTINGS>;

/** For which customers a plugin is enabled, and with which overrides. */
export class PluginCustomers {
  private readonly checks: PluginChecks;

  constructor(private readonly context: AdminContext) {
    this.checks = new PluginChecks(context.host, context.registry);
  }

  /** With the version of the plugin: it is another one after every change of this, too. */
  async show({ id }: PluginDefinition): Promise<Answer> {
    const enablement = await this.context.registry.findEnablement(id);
    if (enablement === undefined) throw notFound('plugin');
    return row(viewOf(enablement), enablement.plugin);
  }

  /** Replaces everything. */
  replace({ id }: PluginDefinition, request: Request<All>): Promise<Answer> {
    return checkedChange(this.context, id, request.ifMatch, async (plugin, expected) => {
      const enabledByDefault = request.body.default;
      const customers = await this.wanted(plugin, request.body.customers);
      await this.checks.assertOverrides(plugin, customers);
      const wanted = { enabledByDefault, customers };
      const after = await this.context.registry.replaceEnablement(id, wanted, expected);
      this.audit(plugin, after, request, { default: enabledByDefault, customers: customers.size });
      return row(viewOf(wanted), after);
    });
  }

  /** Says what holds for one customer. */
  put(plugin: PluginDefinition, { id }: Customer, request: Request<One>): Promise<Answer> {
    return checkedChange(this.context, plugin.id, request.ifMatch, async (before, expected) => {
      const settings = settingsOf(request.body);
      const after = await this.override(before, id, settings, expected);
      this.audit(before, after, request, { customerId: id, enabled: settings.enabled });
      return row(settings, after);
    });
  }

  /** Back to the default. */
  delete(plugin: PluginDefinition, { id }: Customer, request: Omit<Request<unknown>, 'body'>): Promise<Answer> {
    return checkedChange(this.context, plugin.id, request.ifMatch, async (before, expected) => {
      const after = await this.context.registry.deleteCustomerSettings(before.id, id, expected);
      this.audit(before, after, request, { customerId: id, enabled: null });
      return noContent();
    });
  }

  /** The same as {@link PluginCustomers.put}, for whoever tells of it by other means. */
  say(pluginId: string, customerId: string, settings: CustomerSettings): Promise<PluginDefinition> {
    return checkedChange(this.context, pluginId, undefined, (plugin, expected) =>
      this.override(plugin, customerId, settings, expected),
    );
  }

  /** @throws Problem 400 naming the settings that would not be valid */
  private async override(
    plugin: PluginDefinition,
    customerId: string,
    settings: CustomerSettings,
    expected: Expectation,
  ): Promise<PluginDefinition> {
    await this.checks.assertOverrides(plugin, new Map([[customerId, settings]]));
    return this.context.registry.putCustomerSettings(plugin.id, customerId, settings, expected);
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

  private audit(
    before: PluginDefinition,
    after: PluginDefinition,
    { caller, trace }: Omit<Request<unknown>, 'body'>,
    details: Settings,
  ): void {
    const change = { action: 'UPDATE', entity: 'plugin-customers', entityId: after.id } as const;
    this.context.audit.changed(caller, trace, { ...change, before, after, details });
  }
}

function settingsOf({ enabled, configuration = {} }: One): CustomerSettings {
  return { enabled, configuration };
}

function viewOf({ enabledByDefault, customers }: Enablement): All {
  return { default: enabledByDefault, customers: Object.fromEntries(customers) };
}
