import { createHash } from 'node:crypto';
import type {
  ClusterBus,
  DeviceRegistry,
  DeviceSession,
  HostObserver,
  New,
  RuleDefinition,
  SessionFacts,
  Transport,
  TransportHost,
} from '@device-messaging/host-api';
import type { Constructor, LogFields, Logger } from '@device-messaging/plugin-api';
import { VirtualTimers } from '@device-messaging/testkit';
import { createHost, type Host } from '../host.js';
import type { HostLimits } from '../host-limits.js';
import { InMemoryRegistry } from '../registry/in-memory-registry.js';
import { FakeLink } from './fake-link.js';
import { ProbePlugin, ProbeScript, scripted } from './probe-plugin.js';

export const TENANT = '10000000-0000-4000-8000-000000000001';
export const OTHER_TENANT = '10000000-0000-4000-8000-000000000002';
export const CUSTOMER_A = '20000000-0000-4000-8000-000000000001';
export const CUSTOMER_B = '20000000-0000-4000-8000-000000000002';
export const PLUGIN = '30000000-0000-4000-8000-000000000001';

/** Devices by name; the access token of each is its name. */
export const DEVICES = {
  a1: '40000000-0000-4000-8000-0000000000a1',
  a2: '40000000-0000-4000-8000-0000000000a2',
  a3: '40000000-0000-4000-8000-0000000000a3',
  b1: '40000000-0000-4000-8000-0000000000b1',
  free: '40000000-0000-4000-8000-0000000000f1',
  foreign: '40000000-0000-4000-8000-0000000000e1',
} as const;

export type DeviceName = keyof typeof DEVICES;

/** A rule that gives every RPC request to the plugin with the token `probe`. */
export function rpcRule(change: Partial<RuleDefinition> = {}): New<RuleDefinition> {
  return {
    tenantId: TENANT,
    name: 'All requests',
    state: 'ACTIVE',
    weight: 0,
    pluginToken: 'probe',
    filters: [],
    processor: undefined,
    action: { name: 'Ask', clazz: 'rpc', configuration: {} },
    ...change,
  };
}

class CapturingLogger implements Logger {
  readonly lines: { level: string; message: string; fields: LogFields | undefined }[] = [];
  debug = (message: string, fields?: LogFields): void => void this.lines.push({ level: 'debug', message, fields });
  info = (message: string, fields?: LogFields): void => void this.lines.push({ level: 'info', message, fields });
  warn = (message: string, fields?: LogFields): void => void this.lines.push({ level: 'warn', message, fields });
  error = (message: string, fields?: LogFields): void => void this.lines.push({ level: 'error', message, fields });
}

class DirectTransport implements Transport {
  readonly name = 'direct';
  host!: TransportHost;
  readonly phases: string[] = [];
  start(host: TransportHost): void {
    this.host = host;
    this.phases.push('start');
  }
  drain(): void {
    this.phases.push('drain');
  }
  stop(): void {
    this.phases.push('stop');
  }
}

export interface BenchOptions {
  readonly plugins?: readonly Constructor[];
  readonly ruleComponents?: readonly Constructor[];
  readonly limits?: Partial<HostLimits>;
  readonly clusterBus?: ClusterBus;
  readonly observer?: HostObserver;
  /** Puts something between the host and the registry. */
  readonly through?: (registry: InMemoryRegistry) => DeviceRegistry;
  /** Without the tenant's one rule and plugin. */
  readonly bare?: boolean;
}

/** A host with two tenants, devices, the probe plugin and links instead of connections, on a clock that stands still. */
export class HostBench {
  readonly timers = new VirtualTimers();
  readonly registry = new InMemoryRegistry(this.timers);
  readonly script = new ProbeScript();
  readonly logger = new CapturingLogger();
  readonly transport = new DirectTransport();
  readonly host: Host;

  private constructor(options: BenchOptions) {
    this.host = createHost({
      plugins: [{ type: ProbePlugin, services: scripted(this.script) }, ...(options.plugins ?? [])],
      transports: [this.transport],
      registry: options.through?.(this.registry) ?? this.registry,
      ruleComponents: options.ruleComponents ?? [],
      timers: this.timers,
      logger: this.logger,
      limits: options.limits ?? {},
      ...(options.clusterBus === undefined ? {} : { clusterBus: options.clusterBus }),
      observer: options.observer ?? {},
    });
  }

  static async start(options: BenchOptions = {}): Promise<HostBench> {
    const bench = new HostBench(options);
    bench.fill(options.bare ?? false);
    await bench.host.start();
    return bench;
  }

  /** Synchronous, as the registry is; for devices of a registry that is not, see {@link HostBench.connectAsync}. */
  connect(device: DeviceName, options: { listen?: boolean; clientId?: string } = {}): FakeLink {
    const link = new FakeLink();
    const session = this.open(device, link, options.clientId);
    if (session === undefined || !('request' in session)) throw new Error(`${device} could not connect at once`);
    return listening(link, session, options.listen);
  }

  async connectAsync(device: DeviceName, options: { listen?: boolean } = {}): Promise<FakeLink> {
    const link = new FakeLink();
    const session = await this.open(device, link);
    if (session === undefined) throw new Error(`${device} is not known`);
    return listening(link, session, options.listen);
  }

  open(device: string, link: FakeLink, clientId?: string): ReturnType<TransportHost['connect']> {
    const facts: SessionFacts = { transport: 'direct', ...(clientId === undefined ? {} : { clientId }) };
    return this.transport.host.connect({ type: 'ACCESS_TOKEN', secret: device }, facts, link);
  }

  /** What is alive, without the counters. */
  alive(): Record<string, number> {
    const { sessions, requests, pendingCalls, waitingCalls, deadlines, devices } = this.host.control.statistics();
    return { sessions, requests, pendingCalls, waitingCalls, deadlines, devices };
  }

  errors(): string[] {
    return this.logger.lines.filter(({ level }) => level === 'error').map(({ message }) => message);
  }

  private fill(isBare: boolean): void {
    const { registry } = this;
    for (const id of [TENANT, OTHER_TENANT]) registry.createTenant({ id, title: id });
    for (const id of [CUSTOMER_A, CUSTOMER_B]) registry.createCustomer({ id, tenantId: TENANT, title: id });
    const customers: Record<DeviceName, string | undefined> = {
      a1: CUSTOMER_A,
      a2: CUSTOMER_A,
      a3: CUSTOMER_A,
      b1: CUSTOMER_B,
      free: undefined,
      foreign: undefined,
    };
    for (const [name, customerId] of Object.entries(customers)) {
      const id = DEVICES[name as DeviceName];
      const tenantId = name === 'foreign' ? OTHER_TENANT : TENANT;
      registry.createDevice({ id, tenantId, customerId, name, type: 'default' });
      registry.setCredentials(id, 'ACCESS_TOKEN', digestOf(name));
    }
    if (isBare) return;
    this.createPlugin();
    registry.createRule(rpcRule());
  }

  createPlugin(): void {
    this.registry.createPlugin({
      id: PLUGIN,
      tenantId: TENANT,
      name: 'Probe',
      apiToken: 'probe',
      clazz: 'probe',
      state: 'ACTIVE',
      configuration: {},
    });
  }
}

export function digestOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

export const NOTHING_ALIVE = { sessions: 0, requests: 0, pendingCalls: 0, waitingCalls: 0, deadlines: 0, devices: 0 };

function listening(link: FakeLink, session: DeviceSession, listen = false): FakeLink {
  link.session = session;
  if (listen) session.listen();
  return link;
}
