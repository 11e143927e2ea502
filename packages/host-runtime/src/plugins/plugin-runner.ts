import type { CustomerSettings, DeviceRegistry, PluginDefinition, PluginFailure } from '@device-messaging/host-api';
import {
  isThenable,
  RpcError,
  type Awaitable,
  type Device,
  type DeviceMessage,
  type RuleMessage,
} from '@device-messaging/plugin-api';
import type { CallOwner } from '../calls/pending-call.js';
import type { HostLimits } from '../host-limits.js';
import type { RpcEnvelope } from '../json/rpc-envelope.js';
import { AcceptedCall } from '../requests/accepted-call.js';
import type { ClientRpc } from '../requests/client-rpc.js';
import type { FaultLog } from '../rules/fault-log.js';
import { PluginLifecycle, type Running } from './plugin-lifecycle.js';
import type { PluginServices } from './plugin-services.js';

/** A message may be handed to the instance, with the configuration that holds for its device's customer. */
interface Admission {
  readonly running: Running;
  readonly configuration: object;
}

/** One plugin definition of a tenant at work: brings messages to its handlers, under the tenant's settings. */
export class PluginRunner implements CallOwner {
  private readonly lifecycle: PluginLifecycle;
  private readonly registry: DeviceRegistry;
  private readonly faults: FaultLog;
  private readonly limits: HostLimits;

  constructor(definition: PluginDefinition, services: PluginServices) {
    this.lifecycle = new PluginLifecycle(definition, this, services);
    this.registry = services.registry;
    this.limits = services.limits;
    this.faults = services.faults;
  }

  get definition(): PluginDefinition {
    return this.lifecycle.definition;
  }

  get tenantId(): string {
    return this.definition.tenantId;
  }

  get failure(): PluginFailure | undefined {
    return this.lifecycle.failure;
  }

  /** The registry has a new definition. */
  redefine(definition: PluginDefinition): void {
    this.lifecycle.redefine(definition);
  }

  /** The definition is gone, or the host stops: no message is handed to it any more. Done when its hook is. */
  remove(): Promise<void> {
    return this.lifecycle.remove();
  }

  /** Lets the instance go when it had nothing to do for long. */
  stopIfIdle(now: number): void {
    if (now - this.lifecycle.lastUsed >= this.limits.idleTimeoutMs) void this.lifecycle.halt();
  }

  /** Whether the instance runs, or tries to. */
  get isLoaded(): boolean {
    return this.lifecycle.isLoaded;
  }

  refusalFor(caller: Device | undefined): Awaitable<RpcError | undefined> {
    const refusal = this.lifecycle.refusal;
    if (refusal !== undefined || caller === undefined) return refusal;
    const settings = this.registry.findCustomerSettings(this.definition.id, caller.customerId);
    return isThenable(settings) ? settings.then((found) => this.disabled(found)) : this.disabled(settings);
  }

  /**
   * Brings an RPC to its handler; done when the handler was called. The handler's result is bound to the request.
   * Yields why the plugin took no part in it, if so.
   */
  dispatch(rpc: ClientRpc, device: Device, envelope: RpcEnvelope): Awaitable<RpcError | undefined> {
    rpc.plugin = this.definition;
    const admission = this.admit(device, rpc.receivedAt);
    return isThenable(admission)
      ? this.dispatchLater(admission, rpc, device, envelope)
      : this.dispatchTo(admission, rpc, device, envelope);
  }

  /** Hands over a one-way message; done when the handler was called. Yields why the plugin took no part in it, if so. */
  deliver(message: RuleMessage, metadata: Readonly<Record<string, unknown>>): Awaitable<RpcError | undefined> {
    const admission = this.admit(message.device, message.receivedAt);
    if (!isThenable(admission)) return this.deliverTo(admission, message, metadata);
    return admission.then((made) => this.deliverTo(made, message, metadata));
  }

  /** A method of its own: a closure in the way of every message would cost each of them. */
  private dispatchLater(
    admission: PromiseLike<Admission | RpcError>,
    rpc: ClientRpc,
    device: Device,
    envelope: RpcEnvelope,
  ): PromiseLike<RpcError | undefined> {
    return admission.then((made) => this.dispatchTo(made, rpc, device, envelope));
  }

  private dispatchTo(
    admission: Admission | RpcError,
    rpc: ClientRpc,
    device: Device,
    envelope: RpcEnvelope,
  ): RpcError | undefined {
    if (admission instanceof RpcError) return admission;
    const { running, configuration } = admission;
    const entry = running.plugin.rpcHandlers.get(envelope.method);
    if (entry === undefined) return new RpcError('NO_RESPONSE');
    const params = entry.params.read(envelope);
    if (params instanceof RpcError) return params;
    if (rpc.answered) return undefined;
    const call = new AcceptedCall(rpc, envelope.method, params, configuration, device);
    try {
      rpc.handlerReturned(running.object[entry.handler]!(call));
    } catch (error) {
      rpc.fail(error);
    }
    return undefined;
  }

  private deliverTo(
    admission: Admission | RpcError,
    { type, device, payload, receivedAt }: RuleMessage,
    metadata: Readonly<Record<string, unknown>>,
  ): RpcError | undefined {
    if (admission instanceof RpcError) return admission;
    const { running, configuration } = admission;
    const handler = running.plugin.messageHandlers.get(type);
    if (handler !== undefined)
      this.callHandler(running, handler, { type, device, payload, metadata, configuration, receivedAt });
    return undefined;
  }

  private callHandler(running: Running, handler: string, message: DeviceMessage): void {
    const failed = (error: unknown): void => {
      const { tenantId, id: pluginId } = this.definition;
      const source = { tenantId, entityId: pluginId, component: `handler of ${message.type}` };
      this.faults.report(source, 'A message handler failed', { pluginId, handler, error, deviceId: message.device.id });
    };
    try {
      const result = running.object[handler]!(message);
      if (isThenable(result)) result.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  /** The running instance, if the plugin is enabled for the device's customer. */
  private admit(device: Device, at: number): Awaitable<Admission | RpcError> {
    const ready = this.lifecycle.ready(at);
    return isThenable(ready) ? ready.then((running) => this.admitTo(running, device)) : this.admitTo(ready, device);
  }

  private admitTo(ready: Running | RpcError, device: Device): Awaitable<Admission | RpcError> {
    if (ready instanceof RpcError) return ready;
    const settings = this.registry.findCustomerSettings(this.definition.id, device.customerId);
    return isThenable(settings)
      ? settings.then((found) => this.admitUnder(ready, found))
      : this.admitUnder(ready, settings);
  }

  private admitUnder(running: Running, settings: CustomerSettings): Admission | RpcError {
    return this.disabled(settings) ?? { running, configuration: running.configuration.for(settings) };
  }

  private disabled(settings: CustomerSettings): RpcError | undefined {
    if (settings.enabled) return undefined;
    return new RpcError('PLUGIN_NOT_ENABLED', { detail: this.lifecycle.pluginName });
  }
}
