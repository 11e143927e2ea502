import type {
  Delivery,
  DeviceSession,
  OutgoingRpc,
  PublishOutcome,
  RequestOptions,
  RequestRef,
  SessionFacts,
  SessionSink,
} from '@device-messaging/host-api';
import type { Awaitable, MessageType } from '@device-messaging/plugin-api';
import type { DeviceEntry } from '../devices/device-entry.js';
import type { DeviceLink } from '../devices/device-link.js';
import type { Allowance } from '../quotas/allowance.js';

/** What a session does with what its device sends: the host's services behind it. */
export interface SessionServices {
  request(session: HostSession, ref: RequestRef, payload: Uint8Array, expiresAt: number | undefined): void;
  publish(session: HostSession, type: MessageType, payload: Uint8Array): PublishOutcome;
  retryAfterS(session: HostSession): number;
  reply(session: HostSession, rpcId: number, payload: Uint8Array): Awaitable<boolean>;
  confirm(session: HostSession, rpcId: number): void;
  fail(session: HostSession, rpcId: number): void;
  /** The session can take calls (again). */
  ready(session: HostSession): void;
  closed(session: HostSession): void;
  /** The transport broke its promise not to throw. */
  logFault(session: DeviceLink, error: unknown): void;
}

/** One connection of one device, as host and transport see it. */
export class HostSession implements DeviceSession, DeviceLink {
  private isListening = false;
  private isBusy = false;
  private isClosed = false;

  constructor(
    readonly entry: DeviceEntry,
    readonly tenantId: string,
    readonly facts: SessionFacts,
    readonly sink: SessionSink,
    public allowance: Allowance,
    private readonly services: SessionServices,
  ) {}

  get deviceId(): string {
    return this.entry.deviceId;
  }

  get closed(): boolean {
    return this.isClosed;
  }

  get listening(): boolean {
    return this.isListening;
  }

  /** It listens and is not busy. */
  get takesCalls(): boolean {
    return this.isListening && !this.isBusy;
  }

  request(ref: RequestRef, payload: Uint8Array, options?: RequestOptions): void {
    if (!this.isClosed) this.services.request(this, ref, payload, options?.expiresAt);
  }

  publish(type: MessageType, payload: Uint8Array): PublishOutcome {
    // Nobody is there to be told otherwise.
    return this.isClosed ? 'accepted' : this.services.publish(this, type, payload);
  }

  retryAfterS(): number {
    return this.services.retryAfterS(this);
  }

  reply(rpcId: number, payload: Uint8Array): Awaitable<boolean> {
    return !this.isClosed && this.services.reply(this, rpcId, payload);
  }

  listen(): void {
    if (this.isClosed || this.isListening) return;
    this.isListening = true;
    if (!this.isBusy) this.services.ready(this);
  }

  unlisten(): void {
    this.isListening = false;
  }

  resume(): void {
    if (this.isClosed || !this.isBusy) return;
    this.isBusy = false;
    if (this.isListening) this.services.ready(this);
  }

  confirm(rpcId: number): void {
    if (!this.isClosed) this.services.confirm(this, rpcId);
  }

  fail(rpcId: number): void {
    this.services.fail(this, rpcId);
  }

  close(): void {
    if (this.isClosed) return;
    this.isClosed = true;
    this.isListening = false;
    this.services.closed(this);
  }

  /** Offers a call to the transport. A transport that throws may have sent it: the call counts as handed over. */
  offer(call: OutgoingRpc): Delivery {
    if (this.isBusy) return 'busy';
    try {
      const delivery = this.sink.deliver(call);
      if (delivery === 'busy') this.isBusy = true;
      return delivery;
    } catch (error) {
      this.services.logFault(this, error);
      return 'handed';
    }
  }
}
