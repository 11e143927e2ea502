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
} from '@device-messaging/host-api';
import { inject, injectable } from 'inversify';
import { CallRouter } from './calls/call-router.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DeviceTable } from './devices/device-table.js';
import { EffectiveConfiguration } from './plugins/effective-configuration.js';
import { PluginCatalog } from './plugins/plugin-catalog.js';
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
    @inject(DeadlineQueue) private readonly deadlines: DeadlineQueue,
    @inject(DeviceTable) private readonly devices: DeviceTable,
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

  statistics(): HostStatistics {
    return {
      sessions: this.sessions.size,
      requests: this.inbound.requestCount,
      pendingCalls: this.router.pendingCount,
      waitingCalls: this.router.waitingCount,
      deadlines: this.deadlines.size,
      devices: this.devices.size,
      droppedAnswers: this.inbound.droppedAnswers,
      droppedReplies: this.router.droppedReplies,
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
