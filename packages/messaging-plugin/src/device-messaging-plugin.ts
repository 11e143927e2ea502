import 'reflect-metadata';
import { createRequire } from 'node:module';
import {
  DeviceDirectory,
  DeviceRpc,
  Plugin,
  RpcError,
  RpcMethod,
  type Authorize,
  type Awaitable,
  type Device,
  type DeviceQuery,
  type JsonText,
  type Reply,
  type RpcCall,
} from '@device-messaging/plugin-api';
import { ContainerModule, inject, injectable } from 'inversify';
import { DeviceMessagingConfiguration } from './device-messaging-configuration.js';
import { summaryOf, type DeviceSummary } from './device-summary.js';
import { GetDevicesParams } from './get-devices-params.js';
import { mapAwaitable } from './map-awaitable.js';
import { MessagingPolicy } from './messaging-policy.js';
import { SameCustomerPolicy } from './same-customer-policy.js';
import { SendMsgParams } from './send-msg-params.js';

const { version } = createRequire(import.meta.url)('../package.json') as { version: string };

/**
 * ThingsBoard 1.x's Device Messaging Plugin: devices of one customer list each other (getDevices) and call each other
 * (sendMsg). Its answers and errors are the rules MSG-… of the messaging specification.
 *
 * {@link MessagingPolicy} decides who may call whom; a host application can rebind it.
 */
@injectable()
@Plugin({
  id: 'device-messaging',
  name: 'Device Messaging Plugin',
  version,
  apiVersion: 1,
  configuration: DeviceMessagingConfiguration,
  aliases: ['org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin'],
  services: new ContainerModule(({ bind }) => {
    bind(SameCustomerPolicy).toSelf().inSingletonScope();
    bind<MessagingPolicy>(MessagingPolicy).toService(SameCustomerPolicy);
  }),
})
export class DeviceMessagingPlugin {
  /** One for all messages of this instance: the way of a message makes no closures. */
  private readonly authorize: Authorize = (caller, target) => this.policy.authorize(caller, target);

  private readonly isOnline = (deviceId: string): boolean => this.devices.isOnline(deviceId);

  constructor(
    @inject(DeviceDirectory) private readonly devices: DeviceDirectory,
    @inject(DeviceRpc) private readonly rpc: DeviceRpc,
    @inject(MessagingPolicy) private readonly policy: MessagingPolicy,
  ) {}

  /**
   * The other devices of the caller's customer, oldest first. Synchronous when the directory is.
   * @throws RpcError `INVALID_PARAMS` (a limit out of range; an `after` that is no device of the customer),
   * `DEVICE_UNASSIGNED`.
   */
  @RpcMethod('getDevices', GetDevicesParams)
  getDevices(call: RpcCall<GetDevicesParams, DeviceMessagingConfiguration>): Reply<readonly DeviceSummary[]> {
    const { params, caller, configuration } = call;
    const limit = pageSize(params.limit, configuration.maxDeviceCountPerCustomer);
    if (caller.customerId === undefined) throw new RpcError('DEVICE_UNASSIGNED');
    const query: DeviceQuery = {
      customerId: caller.customerId,
      limit,
      after: params.after?.toLowerCase(),
      except: caller.id,
      type: params.type,
      name: params.name,
    };
    return mapAwaitable(this.page(query), (rows) =>
      rows.map((device) => summaryOf(device, params.fields, this.isOnline)),
    );
  }

  /**
   * Hands the body to the target as `onMsg` and answers with the target's reply, verbatim; with `null` when one-way.
   * The host looks the target up, asks the policy, and counts who waits, in this order.
   * @throws RpcError `TIMEOUT_NOT_POSITIVE`, `TIMEOUT_TOO_LARGE`. The result rejects as `DeviceRpc.request` does.
   */
  @RpcMethod('sendMsg', SendMsgParams)
  sendMsg(call: RpcCall<SendMsgParams, DeviceMessagingConfiguration>): Reply<JsonText> {
    const { params, configuration } = call;
    const timeoutMs = params.timeout ?? configuration.defaultTimeout;
    if (timeoutMs <= 0) throw new RpcError('TIMEOUT_NOT_POSITIVE');
    if (timeoutMs > configuration.maxTimeout) throw new RpcError('TIMEOUT_TOO_LARGE');
    return this.rpc.request(
      params.deviceId,
      { method: 'onMsg', params: params.body },
      {
        timeoutMs,
        oneway: params.oneway,
        offline: params.offline,
        onBehalfOf: call,
        authorize: this.authorize,
      },
    );
  }

  private page(query: DeviceQuery): Awaitable<readonly Device[]> {
    if (query.after === undefined) return this.devices.list(query);
    return mapAwaitable(this.devices.find(query.after), (anchor) => {
      // One text for unknown ids and for other customers' devices: nobody learns which of them exist.
      if (anchor?.customerId !== query.customerId) throw invalid('after must be the id of a device of your customer');
      return this.devices.list(query);
    });
  }
}

function pageSize(asked: number | undefined, most: number): number {
  if (asked === undefined) return most;
  if (most === 0) throw invalid('limit cannot be given: devices are not listed here');
  if (asked < 1 || asked > most) throw invalid(`limit must be an integer from 1 to ${most}`);
  return asked;
}

function invalid(detail: string): RpcError {
  return new RpcError('INVALID_PARAMS', { detail });
}
