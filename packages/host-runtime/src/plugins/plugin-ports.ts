import type { DeviceRegistry } from '@device-messaging/host-api';
import {
  isThenable,
  type Awaitable,
  type Device,
  type DeviceDirectory,
  type DeviceQuery,
  type DeviceRpc,
  type JsonText,
  type ServerRpc,
  type ServerRpcOptions,
} from '@device-messaging/plugin-api';
import type { CallRouter } from '../calls/call-router.js';
import type { CallOwner } from '../calls/pending-call.js';
import type { DeviceTable } from '../devices/device-table.js';
import { AcceptedCall } from '../requests/accepted-call.js';

/** The devices of one tenant, for its plugins. */
export class TenantDirectory implements DeviceDirectory {
  constructor(
    private readonly tenantId: string,
    private readonly registry: DeviceRegistry,
    private readonly devices: DeviceTable,
  ) {}

  find(deviceId: string): Awaitable<Device | undefined> {
    const found = this.registry.findDevice(deviceId.toLowerCase());
    return isThenable(found) ? found.then((device) => this.own(device)) : this.own(found);
  }

  list(query: DeviceQuery): Awaitable<readonly Device[]> {
    return this.registry.listDevices(this.tenantId, query);
  }

  isOnline(deviceId: string): boolean {
    return this.devices.isOnline(deviceId.toLowerCase());
  }

  private own(device: Device | undefined): Device | undefined {
    return device?.tenantId === this.tenantId ? device : undefined;
  }
}

/** Calls to devices of one tenant, made by one of its plugin instances. */
export class InstanceDeviceRpc implements DeviceRpc {
  constructor(
    private readonly owner: CallOwner,
    private readonly router: CallRouter,
  ) {}

  request(targetId: string, message: ServerRpc, options: ServerRpcOptions): PromiseLike<JsonText> {
    if (!Number.isFinite(options.timeoutMs)) throw new TypeError('timeoutMs must be a number of milliseconds');
    const call = options.onBehalfOf;
    if (options.authorize !== undefined && call === undefined) {
      throw new TypeError('authorize needs onBehalfOf: without a caller there is nobody to decide about');
    }
    const origin = call === undefined ? undefined : AcceptedCall.requestOf(call);
    return this.router.request(this.owner, targetId.toLowerCase(), message, options, origin);
  }
}
