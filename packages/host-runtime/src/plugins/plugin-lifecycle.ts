import type { PluginDefinition, PluginFailure } from '@device-messaging/host-api';
import { isThenable, RpcError, type Awaitable, type Logger } from '@device-messaging/plugin-api';
import { isDeepStrictEqual } from 'node:util';
import type { CallOwner } from '../calls/pending-call.js';
import { withinDeadline } from '../deadlines/hook-deadline.js';
import { TaggedLogger } from '../logging.js';
import { causeOf } from '../observation/observation.js';
import { EffectiveConfiguration } from './effective-configuration.js';
import type { RegisteredPlugin } from './plugin-catalog.js';
import { InstanceDeviceRpc, TenantDirectory } from './plugin-ports.js';
import type { PluginServices } from './plugin-services.js';
import { constructPlugin, type PluginObject } from './running-plugin.js';

/** An instance that is ready for messages. */
export interface Running {
  readonly plugin: RegisteredPlugin;
  readonly object: PluginObject;
  /** Replaced when the definition's configuration changes; calls under way keep theirs. */
  configuration: EffectiveConfiguration;
}

/**
 * The life of one plugin instance: it is made at its first message, follows its definition, is let go when it is
 * suspended or idle, and when it fails it is tried again at a message after a pause that doubles.
 */
export class PluginLifecycle {
  readonly logger: Logger;
  lastUsed = 0;
  failure: PluginFailure | undefined;

  private running: Running | undefined;
  private starting: Promise<Running | RpcError> | undefined;
  private closing: Promise<void> | undefined;
  /** Hooks of configuration changes, one after the other. */
  private reconfiguring: Promise<void> | undefined;
  /** Counts definitions: what began under an older one does not count. */
  private epoch = 0;
  private attempts = 0;
  private retryAt = 0;
  private isRemoved = false;

  constructor(
    private current: PluginDefinition,
    private readonly owner: CallOwner,
    private readonly services: PluginServices,
  ) {
    this.logger = new TaggedLogger(services.logger, { tenantId: current.tenantId, pluginId: current.id });
  }

  get definition(): PluginDefinition {
    return this.current;
  }

  get pluginName(): string {
    return this.services.catalog.find(this.current.clazz)?.metadata.name ?? this.current.name;
  }

  get isLoaded(): boolean {
    return this.running !== undefined || this.starting !== undefined;
  }

  /** Why the instance takes no part in anything now. */
  get refusal(): RpcError | undefined {
    if (this.isRemoved) return new RpcError('INTERNAL');
    return this.current.state === 'SUSPENDED' ? new RpcError('PLUGIN_SUSPENDED') : undefined;
  }

  /** The instance, started if need be, for a message of this time (epoch ms); or why there is none. Never rejects. */
  ready(at: number): Awaitable<Running | RpcError> {
    const refusal = this.refusal;
    if (refusal !== undefined) return refusal;
    this.lastUsed = at;
    if (this.running !== undefined) return this.running;
    if (this.starting !== undefined) return this.starting;
    if (this.services.timers.now() < this.retryAt) return new RpcError('INTERNAL', { cause: this.failure?.cause });
    if (this.closing === undefined) return this.start();
    const starting = this.closing.then(() => {
      this.starting = undefined;
      return this.ready(at);
    });
    this.starting = starting;
    return starting;
  }

  redefine(definition: PluginDefinition): void {
    const before = this.current;
    this.current = definition;
    // Its version alone is another one when something was said of its customers.
    if (isDeepStrictEqual(before, { ...definition, version: before.version })) return;
    this.epoch++;
    this.attempts = 0;
    this.retryAt = 0;
    this.failure = undefined;
    if (definition.state === 'SUSPENDED' || definition.clazz !== before.clazz) void this.halt();
    else if (!isDeepStrictEqual(definition.configuration, before.configuration)) this.reconfigure();
  }

  /** For good. */
  async remove(): Promise<void> {
    this.isRemoved = true;
    this.epoch++;
    await this.starting;
    await this.halt();
  }

  /** Lets the instance go; done when its hook is. */
  async halt(): Promise<void> {
    if (this.running !== undefined) this.services.observation.pluginChanged('STOPPED', this.current);
    await this.letGo();
  }

  private async letGo(): Promise<void> {
    const running = this.running;
    this.running = undefined;
    if (running?.object.onStop !== undefined) {
      const stopped = this.hook('onStop', () => running.object.onStop!());
      const closing = Promise.resolve(stopped)
        .catch((error: unknown) => this.logger.error('A plugin failed to stop', { error }))
        .finally(() => {
          if (this.closing === closing) this.closing = undefined;
        });
      this.closing = closing;
    }
    await this.closing;
  }

  private start(): Awaitable<Running | RpcError> {
    const epoch = this.epoch;
    try {
      const running = this.construct();
      const started = this.hook('onStart', () => running.object.onStart?.(running.configuration.base));
      if (!isThenable(started)) return this.started(running, epoch);
      const starting = Promise.resolve(started).then(
        () => this.started(running, epoch),
        (error: unknown) => this.failed(error),
      );
      this.starting = starting;
      return starting;
    } catch (error) {
      return this.failed(error);
    }
  }

  private construct(): Running {
    const { catalog, registry, devices, router, timers } = this.services;
    const { id, tenantId, name, apiToken, clazz, configuration } = this.current;
    const plugin = catalog.find(clazz);
    if (plugin === undefined) {
      throw new Error(`No plugin type "${clazz}" is registered; known are ${catalog.names.join(', ')}`);
    }
    const effective = new EffectiveConfiguration(plugin.metadata.configuration, configuration);
    const object = constructPlugin(plugin, {
      clock: timers,
      directory: new TenantDirectory(tenantId, registry, devices),
      rpc: new InstanceDeviceRpc(this.owner, router),
      logger: this.logger,
      instance: { tenantId, id, name, token: apiToken },
    });
    return { plugin, object, configuration: effective };
  }

  private started(running: Running, epoch: number): Awaitable<Running | RpcError> {
    this.starting = undefined;
    this.running = running;
    if (epoch !== this.epoch) {
      // The definition changed while the instance started: it began under one that does not hold any more.
      void this.letGo();
      return this.ready(this.lastUsed);
    }
    this.services.observation.pluginChanged(this.failure === undefined ? 'STARTED' : 'RECOVERED', this.current);
    this.failure = undefined;
    this.attempts = 0;
    this.logger.info('Plugin started', { name: this.current.name });
    return running;
  }

  private failed(error: unknown): RpcError {
    const { timers, limits, nodeId, observation } = this.services;
    this.starting = undefined;
    void this.letGo();
    const delay = Math.min(limits.minRetryDelayMs * 2 ** this.attempts, limits.maxRetryDelayMs);
    this.attempts++;
    this.retryAt = timers.now() + delay;
    const cause = causeOf(error);
    if (cause !== this.failure?.cause) observation.pluginChanged('FAILED', this.current, cause);
    this.failure = { nodeId, cause, since: this.failure?.since ?? timers.now() };
    this.logger.error('Plugin failed', { name: this.current.name, error, retryInMs: delay });
    return new RpcError('INTERNAL', { cause: error });
  }

  private reconfigure(): void {
    const running = this.running;
    if (running === undefined) return;
    const epoch = this.epoch;
    try {
      running.configuration = new EffectiveConfiguration(
        running.plugin.metadata.configuration,
        this.current.configuration,
      );
      const base = running.configuration.base;
      if (running.object.onConfigurationChange === undefined) return;
      const change = (): Awaitable<void> =>
        this.hook('onConfigurationChange', () => running.object.onConfigurationChange!(base));
      const changed = this.reconfiguring === undefined ? change() : this.reconfiguring.then(change);
      if (!isThenable(changed)) return;
      this.reconfiguring = Promise.resolve(changed).then(
        () => undefined,
        (error: unknown) => {
          if (this.running === running && epoch === this.epoch) this.failed(error);
          else this.logger.error('A plugin failed to take a configuration', { error });
        },
      );
    } catch (error) {
      this.failed(error);
    }
  }

  /** Runs a hook, within its deadline when it takes time. */
  private hook(name: string, run: () => Awaitable<void> | undefined): Awaitable<void> {
    const { deadlines, limits, timers } = this.services;
    const result = run();
    if (!isThenable(result)) return;
    const what = `${name} of plugin "${this.current.name}"`;
    return withinDeadline(result, what, limits.hookTimeoutMs, deadlines, timers.now());
  }
}
