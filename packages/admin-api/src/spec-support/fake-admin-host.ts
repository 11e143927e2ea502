import 'reflect-metadata';
import {
  ConfigurationError,
  configurationSchema,
  readConfiguration,
  type ConfigurationProblem,
  type CustomerSettings,
  type DeclaredRule,
  type PluginDefinition,
  type PluginFailure,
  type PluginType,
  type RuleDefinition,
  type TenantCall,
} from '@device-messaging/host-api';
import { JsonText } from '@device-messaging/plugin-api';
import { IsInt, Max, Min } from 'class-validator';
import type { AdminHost } from '../admin-api-options.js';

class RelayConfiguration {
  @IsInt()
  @Min(1)
  @Max(60_000)
  maxTimeout = 60_000;

  @IsInt()
  @Min(1)
  maxDevices = 10;
}

const RULE: DeclaredRule = {
  weight: 0,
  filters: [
    { name: 'RPC requests', clazz: 'message-type', configuration: { messageTypes: ['RPC_REQUEST'] } },
    { name: 'Methods', clazz: 'method-name', configuration: { methodNames: [{ name: 'relay' }] } },
  ],
  processor: undefined,
  action: { name: 'Ask the plugin', clazz: 'rpc', configuration: {} },
};

const ALIAS = 'org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin';

const TYPES: readonly PluginType[] = [
  {
    id: 'relay',
    name: 'Relay',
    version: '1.2.3',
    aliases: [ALIAS],
    configuration: configurationSchema(RelayConfiguration),
    methods: ['relay'],
    rule: RULE,
  },
  {
    id: 'listener',
    name: 'Listener',
    version: undefined,
    aliases: [],
    configuration: { type: 'object', properties: {}, additionalProperties: false },
    methods: [],
    rule: undefined,
  },
];

const COMPONENTS = [
  'message-type',
  'method-name',
  'rpc',
  'org.thingsboard.server.extensions.core.filter.MsgTypeFilter',
  'org.thingsboard.server.extensions.core.filter.MethodNameFilter',
  'org.thingsboard.server.extensions.core.action.rpc.RpcPluginAction',
];

/** A host as administrators see it: two plugin types, three rule components, and devices that a test moves. */
export class FakeAdminHost implements AdminHost {
  readonly online = new Set<string>();
  readonly calls: TenantCall[] = [];
  readonly failures = new Map<string, readonly PluginFailure[]>();
  /** What devices reply. */
  reply: (call: TenantCall) => Promise<JsonText> = () => Promise.resolve(JsonText.NULL);

  pluginTypes(): readonly PluginType[] {
    return TYPES;
  }

  checkPlugin(
    { clazz, configuration }: Pick<PluginDefinition, 'clazz' | 'configuration'>,
    overrides: ReadonlyMap<string, CustomerSettings> = new Map(),
  ): readonly ConfigurationProblem[] {
    if (![...TYPES.flatMap(({ id, aliases }) => [id, ...aliases])].includes(clazz)) {
      return [{ path: 'clazz', message: `no plugin type "${clazz}" is registered` }];
    }
    const base = problemsOf('configuration', configuration);
    if (base.length > 0) return base;
    return [...overrides].flatMap(([customerId, settings]) =>
      problemsOf(customerId, { ...configuration, ...settings.configuration }),
    );
  }

  checkRule({
    filters,
    action,
  }: Pick<RuleDefinition, 'filters' | 'processor' | 'action'>): readonly ConfigurationProblem[] {
    const places = [
      ...filters.map((filter, index) => [`filters.${index}`, filter] as const),
      ['action', action] as const,
    ];
    return places
      .filter(([, { clazz }]) => !COMPONENTS.includes(clazz))
      .map(([path, { clazz }]) => ({ path: `${path}.clazz`, message: `no component "${clazz}" is registered` }));
  }

  pluginFailures(_tenantId: string, pluginId: string): readonly PluginFailure[] {
    return this.failures.get(pluginId) ?? [];
  }

  isOnline(deviceId: string): boolean {
    return this.online.has(deviceId);
  }

  callDevice(call: TenantCall): Promise<JsonText> {
    this.calls.push(call);
    return this.reply(call);
  }
}

function problemsOf(parent: string, settings: object): readonly ConfigurationProblem[] {
  try {
    readConfiguration(RelayConfiguration, settings);
    return [];
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return error.problems.map(({ path, message }) => ({ path: `${parent}.${path}`, message }));
  }
}
