import type { SessionFacts, Transport, TransportHost } from '@device-messaging/host-api';
import type { CallHandler } from './call-handlers.js';
import { FakeDevice } from './fake-device.js';

/** How a {@link FakeDevice} connects. */
export interface FakeDeviceOptions {
  /** See `SessionFacts.clientId`. */
  readonly clientId?: string;
  /** Whether it listens from the start. */
  readonly listen?: boolean;
  /** See {@link FakeDevice.onCall}. */
  readonly onCall?: CallHandler;
  /** See {@link FakeDevice.maxBytes}. */
  readonly maxBytes?: number;
}

/** Thrown when no device has the token. */
export class UnknownTokenError extends Error {
  override readonly name = 'UnknownTokenError';
}

/**
 * A transport without a protocol: its devices are objects in a test's hands. For tests of plugins and hosts, and the
 * shortest example of what a transport does.
 */
export class InMemoryTransport implements Transport {
  private host: TransportHost | undefined;
  private isDraining = false;
  private readonly devices = new Set<FakeDevice>();

  constructor(readonly name: string = 'in-memory') {}

  start(host: TransportHost): void {
    this.host = host;
  }

  drain(): void {
    this.isDraining = true;
  }

  stop(): void {
    for (const device of this.devices) device.disconnect();
    this.devices.clear();
    this.host = undefined;
  }

  /**
   * Connects as the device that has this access token.
   * @throws UnknownTokenError when there is none; what the host throws when it cannot tell.
   */
  async connect(token: string, options: FakeDeviceOptions = {}): Promise<FakeDevice> {
    if (this.host === undefined || this.isDraining) throw new Error('The host takes no connections: it is not running');
    const device = new FakeDevice(() => !this.isDraining);
    const facts: SessionFacts = {
      transport: this.name,
      ...(options.clientId === undefined ? {} : { clientId: options.clientId }),
    };
    const session = await this.host.connect({ type: 'ACCESS_TOKEN', secret: token }, facts, {
      deliver: (call) => device.receiveCall(call),
      answer: (ref, payload) => device.receiveAnswer(ref, payload),
      close: (reason) => {
        this.devices.delete(device);
        device.finish(reason);
      },
    });
    if (session === undefined) throw new UnknownTokenError('No device has this access token');
    if (this.host === undefined) {
      session.close();
      throw new Error('The host stopped before the connection was made');
    }
    device.attach(session);
    this.devices.add(device);
    void device.closed.then(() => this.devices.delete(device));
    device.maxBytes = options.maxBytes ?? device.maxBytes;
    if (options.onCall !== undefined) device.onCall(options.onCall);
    if (options.listen === true) device.listen();
    return device;
  }
}
