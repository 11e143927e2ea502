import { isThenable, type Awaitable, type Device, type MessageType } from '@device-messaging/plugin-api';
import { JsonText } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import type { ClientRpc } from '../requests/client-rpc.js';
import { Tenants } from '../tenants/tenants.js';
import { FaultLog } from './fault-log.js';
import { RuleWalk } from './rule-walk.js';

/** Brings the messages of devices through their tenants' rules. */
@injectable()
export class RuleEngine {
  constructor(
    @inject(Tenants) private readonly tenants: Tenants,
    @inject(FaultLog) private readonly faults: FaultLog,
  ) {}

  /** Done when the request reached its handler or has its answer. Rejects or throws when the registry cannot say. */
  request(rpc: ClientRpc, device: Device): Awaitable<void> {
    const { bytes, method } = rpc.envelope;
    return this.walk(device, 'RPC_REQUEST', bytes, method, rpc.receivedAt, rpc);
  }

  /** Done when telemetry or attributes reached every handler they are for. */
  message(device: Device, type: MessageType, payload: Uint8Array, receivedAt: number): Awaitable<void> {
    return this.walk(device, type, payload, undefined, receivedAt, undefined);
  }

  private walk(
    device: Device,
    type: MessageType,
    bytes: Uint8Array,
    method: string | undefined,
    receivedAt: number,
    rpc: ClientRpc | undefined,
  ): Awaitable<void> {
    const message = { type, device, payload: JsonText.fromValidatedBytes(bytes), method, receivedAt };
    const tenant = this.tenants.get(device.tenantId, receivedAt);
    if (!isThenable(tenant)) return new RuleWalk(tenant, message, rpc, this.faults).run();
    return tenant.then((loaded) => new RuleWalk(loaded, message, rpc, this.faults).run());
  }
}
