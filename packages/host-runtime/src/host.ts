import {
  ClusterBus,
  DeviceRegistry,
  Timers,
  type HostControl,
  type Transport,
  type TransportHost,
} from '@device-messaging/host-api';
import { Logger } from '@device-messaging/plugin-api';
import { Container } from 'inversify';
import { CallRouter } from './calls/call-router.js';
import { TenantCalls } from './calls/tenant-calls.js';
import { RegistryChanges } from './changes/registry-changes.js';
import { LocalClusterBus } from './cluster/local-cluster-bus.js';
import { DeadlineQueue } from './deadlines/deadline-queue.js';
import { DEFAULT_HOST_LIMITS, HostLimits } from './host-limits.js';
import type { HostOptions } from './host-options.js';
import { HostStatus } from './host-status.js';
import { SilentLogger, TaggedLogger } from './logging.js';
import { GivenObserver } from './observation/observation.js';
import { PluginCatalog } from './plugins/plugin-catalog.js';
import { Inbound } from './requests/inbound.js';
import { BUILT_IN_COMPONENTS } from './rules/components/built-in.js';
import { ComponentCatalog } from './rules/component-catalog.js';
import { Sessions } from './sessions/sessions.js';
import { Tenants } from './tenants/tenants.js';
import { SystemTimers } from './timers/system-timers.js';

/** A host that is made but not started, running, or stopped for good. */
export interface Host {
  /** Done when every transport can take connections. When a part fails to start, those before it are stopped again. */
  start(): Promise<void>;
  /**
   * Takes no new connections, waits for the calls in flight (at most `limits.drainTimeoutMs`, or what is said here,
   * ms), answers what is left, stops plugins, closes sessions. Afterwards nothing of the host is alive. Idempotent.
   */
  stop(options?: { readonly drainTimeoutMs?: number }): Promise<void>;
  readonly control: HostControl;
}

/**
 * Makes a host of its parts.
 * @throws TypeError when plugins or rule components are mis-declared or share a name.
 */
export function createHost(options: HostOptions): Host {
  // Everything a host consists of is one of a kind in it.
  const container = new Container({ defaultScope: 'Singleton', autobind: true });
  container.bind(DeviceRegistry).toConstantValue(options.registry);
  container.bind(ClusterBus).toConstantValue(options.clusterBus ?? new LocalClusterBus());
  container.bind(Timers).toConstantValue(options.timers ?? new SystemTimers());
  container.bind(Logger).toConstantValue(options.logger ?? new SilentLogger());
  container.bind(GivenObserver).toConstantValue(options.observer ?? {});
  container.bind(HostLimits).toConstantValue({ ...DEFAULT_HOST_LIMITS, ...options.limits });
  container.bind(PluginCatalog).toConstantValue(new PluginCatalog(options.plugins));
  container
    .bind(ComponentCatalog)
    .toConstantValue(new ComponentCatalog([...BUILT_IN_COMPONENTS, ...(options.ruleComponents ?? [])]));
  return new ComposedHost(container, options.transports);
}

class ComposedHost implements Host {
  readonly control: HostControl;
  /** Undoes what was started, in the order of starting. */
  private readonly started: (() => unknown)[] = [];
  private stopping: Promise<void> | undefined;
  private readonly logger: Logger;

  constructor(
    private readonly container: Container,
    private readonly transports: readonly Transport[],
  ) {
    this.control = container.get(HostStatus);
    this.logger = container.get<Logger>(Logger);
  }

  async start(): Promise<void> {
    if (this.started.length > 0 || this.stopping !== undefined) throw new Error('A host starts once');
    try {
      await this.startParts();
    } catch (error) {
      await this.undo();
      throw error;
    }
  }

  stop(options: { readonly drainTimeoutMs?: number } = {}): Promise<void> {
    this.stopping ??= this.drain(options.drainTimeoutMs).then(() => this.undo());
    return this.stopping;
  }

  private async startParts(): Promise<void> {
    const deadlines = this.container.get(DeadlineQueue);
    this.started.push(() => deadlines.close());
    const bus = this.container.get<ClusterBus>(ClusterBus);
    await bus.start();
    this.started.push(() => bus.stop());
    const changes = this.container.get(RegistryChanges);
    changes.start();
    this.started.push(() => changes.stop());
    for (const transport of this.transports) {
      await transport.start(this.hostFor(transport));
      this.started.push(() => transport.stop());
    }
    const sessions = this.container.get(Sessions);
    this.started.push(() => sessions.closeAll('HOST_STOPPING'));
    const tenants = this.container.get(Tenants);
    this.started.push(() => tenants.close());
  }

  private hostFor(transport: Transport): TransportHost {
    const sessions = this.container.get(Sessions);
    return {
      timers: this.container.get<Timers>(Timers),
      logger: new TaggedLogger(this.logger, { transport: transport.name }),
      connect: (credentials, facts, sink) => sessions.connect(credentials, facts, sink),
    };
  }

  /** Lets the calls in flight finish, for a bounded time; then every request that is left gets its answer. */
  private async drain(drainTimeoutMs?: number): Promise<void> {
    if (this.started.length === 0) return;
    for (const transport of this.transports) await this.tolerate(() => transport.drain());
    const inbound = this.container.get(Inbound);
    const router = this.container.get(CallRouter);
    router.giveUpWaiting();
    await this.whenIdle(drainTimeoutMs ?? this.container.get<HostLimits>(HostLimits).drainTimeoutMs);
    router.close();
    inbound.close();
  }

  private whenIdle(timeoutMs: number): Promise<void> {
    if (timeoutMs <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const cancel = this.container.get<Timers>(Timers).after(timeoutMs, resolve);
      const idle = [this.container.get(Inbound).whenIdle(), this.container.get(TenantCalls).whenIdle()];
      void Promise.all(idle).then(() => {
        cancel();
        resolve();
      });
    });
  }

  private async undo(): Promise<void> {
    for (let stop = this.started.pop(); stop !== undefined; stop = this.started.pop()) await this.tolerate(stop);
  }

  /** What fails to stop is told, and does not keep the rest from stopping. */
  private async tolerate(stop: () => unknown): Promise<void> {
    try {
      await stop();
    } catch (error) {
      this.logger.error('A part of the host failed to stop', { error });
    }
  }
}
