import {
  ConfigurationError,
  type ConfigurationProblem,
  type CustomerSettings,
  type HostControl,
  type HostStatistics,
  type PluginDefinition,
  type PluginFailure,
  type PluginType,
  type RuleDefinition,
  type TenantCall,
} from '@device-messaging/host-api';
import type { JsonText } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { CallRouter } from './calls/call-router.js';
import { TenantCalls } from './calls/tenant-calls.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DeviceTable } from './devices/device-table.js';
import { EffectiveConfiguration } from './plugins/effective-configuration.js';
import { PluginCatalog } from './plugins/plugin-catalog.js';
import { QuotaTable } from './quotas/quota-table.js';
import { Inbound } from './requests/inbound.js';
import { compileRule } from './rules/compiled-rule.js';
import { ComponentCatalog } from './rules/component-catalog.js';
import { Sessions } from './sessions/sessions.js';
import { Tenants } from './tenants/tenants.js';

/** What a running host tells administrators, and checks for them. */
@injectable()
export class HostStatus implements HostControl {
  constructor(
    @inject(PluginCatalog) private readonly plugins: PluginCatalog,
    @inject(ComponentCatalog) private readonly components: ComponentCatalog,
    @inject(Tenants) private readonly tenants: Tenants,
    @inject(Sessions) private readonly sessions: Sessions,
    @inject(Inbound) private readonly inbound: Inbound,
    @inject(CallRouter) private readonly router: CallRouter,
    @inject(TenantCalls) private readonly tenantCalls: TenantCalls,
    @inject(DeadlineQueue) private readonly deadlines: DeadlineQueue,
    @inject(DeviceTable) private readonly devices: DeviceTable,
    @inject(QuotaTable) private readonly quotas: QuotaTable,
  ) {}

  pluginTypes(): readonly PluginType[] {
    return this.plugins.describe();
  }

  checkPlugin(
    { clazz, configuration }: Pick<PluginDefinition, 'clazz' | 'configuration'>,
    overrides: ReadonlyMap<string, CustomerSettings> = new Map(),
  ): readonly ConfigurationProblem[] {
    const plugin = this.plugins.find(clazz);
    if (plugin === undefined) {
      const known = this.plugins.names.join(', ');
      return [{ path: 'clazz', message: `no plugin type "${clazz}" is registered; known are ${known}` }];
    }
    const type = plugin.metadata.configuration;
    const base = problemsOf('configuration', () => new EffectiveConfiguration(type, configuration));
    if (base.length > 0) return base;
    const effective = new EffectiveConfiguration(type, configuration);
    return [...overrides].flatMap(([customerId, settings]) => problemsOf(customerId, () => effective.for(settings)));
  }

  checkRule(rule: Pick<RuleDefinition, 'filters' | 'processor' | 'action'>): readonly ConfigurationProblem[] {
    return problemsOf('', () => compileRule({ id: '', name: '', pluginToken: '', ...rule }, this.components));
  }

  pluginFailures(tenantId: string, pluginId: string): readonly PluginFailure[] {
    const failure = this.tenants.peek(tenantId)?.pluginById(pluginId)?.failure;
    return failure === undefined ? [] : [failure];
  }

  isOnline(deviceId: string): boolean {
    return this.devices.isOnline(deviceId.toLowerCase());
  }

  callDevice(call: TenantCall): Promise<JsonText> {
    return this.tenantCalls.call(call);
  }

  statistics(): HostStatistics {
    const { sessions, inbound, router, quotas } = this;
    return {
      sessions: sessions.size,
      sessionsByTransport: sessions.byTransport,
      requests: inbound.requestCount,
      pendingCalls: router.pendingCount,
      waitingCalls: router.waitingCount,
      deadlines: this.deadlines.size,
      devices: this.devices.size,
      requestsByOutcome: inbound.answeredRequests.byOutcome,
      latency: inbound.answeredRequests.latency,
      messages: inbound.messageCount,
      droppedMessages: inbound.droppedMessages,
      rateLimitedMessages: inbound.rateLimitedMessages,
      refusedSessions: sessions.refusedCount,
      droppedAnswers: inbound.droppedAnswers,
      droppedReplies: router.droppedReplies,
      // A list of them all: only for whoever looks at it.
      get customers() {
        return quotas.usageOfCustomers();
      },
    };
  }
}

/** The problems that a check throws, their paths below `parent`. */
function problemsOf(parent: string, check: () => unknown): readonly ConfigurationProblem[] {
  try {
    check();
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => ({
      path: [parent, path].filter((part) => part !== '').join('.'),
      message,
    }));
  }
}
