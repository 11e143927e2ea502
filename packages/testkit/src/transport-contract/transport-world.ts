import type { DeviceRow } from '@device-messaging/host-api';
import assert from 'node:assert/strict';
import { withFaults } from '../contract/broken-part.js';
import { DEFAULT_PATIENCE_MS, eventually, within } from '../contract/waiting.js';
import {
  digestOf,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from '../registry-contract/registry-rows.js';
import { settle } from '../time/settle.js';
import { VirtualTimers } from '../time/virtual-timers.js';
import { ContractPlugin } from './contract-plugin.js';
import type {
  ClientOptions,
  ContractHost,
  HostParts,
  ReceivedCall,
  TransportClient,
  TransportHarness,
} from './transport-harness.js';

/** The devices of the world, all of one customer. */
export type DeviceName = 'asker' | 'target' | 'bystander';

/** The access token of a device of the world. */
export function tokenOf(name: DeviceName): string {
  return `TOKEN_OF_${name.toUpperCase()}`;
}

/** Options of a call through the contract's plugin. */
export interface CallOptions {
  /** JSON text. */
  readonly body?: string;
  readonly timeout?: number;
  readonly oneway?: boolean;
  readonly offline?: 'wait' | 'fail';
}

/** A client that notes the calls it gets, and waits only as long as the rules are patient. */
export class Contact {
  /** Every call that arrived, a repeated one every time. */
  readonly deliveries: ReceivedCall[] = [];
  hasClosed = false;

  constructor(
    readonly client: TransportClient,
    readonly device: DeviceRow,
    private readonly patienceMs: number,
  ) {
    client.onCall((call) => this.deliveries.push(call));
    void client.closed.then(() => (this.hasClosed = true));
  }

  /** The calls that arrived, each once. */
  get calls(): readonly ReceivedCall[] {
    return [...new Map(this.deliveries.map((call) => [call.id, call])).values()];
  }

  requestRaw(payload: string | Uint8Array): Promise<string> {
    return unobserved(within(this.client.request(payload), 'the answer to a request', this.patienceMs));
  }

  /** @param params JSON text */
  request(method: string, params = '{}'): Promise<string> {
    return this.requestRaw(`{"method":"${method}","params":${params}}`);
  }

  echo(body: string): Promise<string> {
    return this.request('echo', `{"body":${body}}`);
  }

  /** Calls another device through the plugin. Waits without end: the rules say what must happen meanwhile. */
  call(target: DeviceRow, { body = 'null', ...options }: CallOptions = {}): Promise<string> {
    const members = JSON.stringify({ deviceId: target.id, ...options }).slice(0, -1);
    return unobserved(this.client.request(`{"method":"call","params":${members},"body":${body}}}`));
  }

  /** The first call that arrives. */
  async nextCall(): Promise<ReceivedCall> {
    await eventually(() => this.deliveries.length > 0, 'the delivery of a call', this.patienceMs);
    return this.deliveries[0]!;
  }

  async untilClosed(why: string): Promise<void> {
    await within(this.client.closed, `the end of the connection ${why}`, this.patienceMs);
  }
}

/** One host with one transport, and three devices that can connect: the stage of one rule. */
export class TransportWorld {
  private readonly contacts: Contact[] = [];

  private constructor(
    readonly harness: TransportHarness,
    readonly host: ContractHost,
    readonly registry: Registry,
    readonly timers: VirtualTimers,
    readonly devices: Readonly<Record<DeviceName, DeviceRow>>,
    private readonly outage: { lasts: boolean },
    private readonly patienceMs: number,
  ) {}

  static async create(
    harness: TransportHarness,
    parts: HostParts,
    patienceMs: number = DEFAULT_PATIENCE_MS,
  ): Promise<TransportWorld> {
    const registry = await parts.createRegistry();
    const devices = await populate(registry);
    const outage = { lasts: false };
    const fragile = withFaults(registry, {
      findDeviceByCredentials: (type, digest) => {
        if (outage.lasts) throw new Error('The registry cannot answer');
        return registry.findDeviceByCredentials(type, digest);
      },
    });
    const timers = new VirtualTimers();
    const options = { plugins: [ContractPlugin], transports: [harness.transport], registry: fragile, timers };
    const host = parts.createHost(options);
    await host.start();
    return new TransportWorld(harness, host, registry, timers, devices, outage, patienceMs);
  }

  /** Whether look-ups of credentials fail from now on. */
  failRegistry(fails: boolean): void {
    this.outage.lasts = fails;
  }

  async connect(name: DeviceName, options?: ClientOptions): Promise<Contact> {
    const client = await within(this.harness.connect(tokenOf(name), options), 'a connection', this.patienceMs);
    const contact = new Contact(client, this.devices[name], this.patienceMs);
    this.contacts.push(contact);
    return contact;
  }

  /** Connects a device that listens. */
  async listener(name: DeviceName, options?: ClientOptions): Promise<Contact> {
    const contact = await this.connect(name, options);
    await within(Promise.resolve(contact.client.listen()), 'listening', this.patienceMs);
    return contact;
  }

  /** Asserts that a connection is refused. */
  async assertRefused(token: string): Promise<void> {
    const refused = this.harness.connect(token).then(
      (client) => Promise.resolve(client.close()).then(() => false),
      () => true,
    );
    assert.ok(await within(refused, 'the refusal of a connection', this.patienceMs), 'a connection was not refused');
  }

  until(isSo: () => boolean, what: string): Promise<void> {
    return eventually(isSo, what, this.patienceMs);
  }

  /** The answer that a rule waits for at last. */
  within<T>(promise: PromiseLike<T>, what = 'the answer to a call'): Promise<T> {
    return within(promise, what, this.patienceMs);
  }

  /** Lets arrive what is under way. */
  async settle(): Promise<void> {
    await (this.harness.settle?.() ?? settle());
  }

  /** Turns the host's clock. */
  async advance(ms: number): Promise<void> {
    await this.settle();
    await this.timers.advanceAsync(ms);
    await this.settle();
  }

  /** Ends everything, also what a rule that failed left behind. */
  async close(): Promise<void> {
    for (const { client, hasClosed } of this.contacts) if (!hasClosed) await client.close();
    await this.settle();
    const stopped = this.host.stop();
    await this.timers.advanceAsync(60_000);
    await this.within(stopped, 'the end of the host');
    await this.harness.dispose?.();
  }
}

/** A rule that fails before it looks at an answer must not leave an unhandled rejection. */
function unobserved<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}

async function populate(registry: Registry): Promise<Readonly<Record<DeviceName, DeviceRow>>> {
  const { tenant, customer } = await tenantWithCustomer(registry);
  const device = async (name: DeviceName): Promise<DeviceRow> => {
    const row = await newDevice(registry, { tenantId: tenant.id, customerId: customer.id }, { name });
    await registry.setCredentials(row.id, 'ACCESS_TOKEN', digestOf(tokenOf(name)));
    return row;
  };
  const devices = {
    asker: await device('asker'),
    target: await device('target'),
    bystander: await device('bystander'),
  };
  const pluginToken = 'contract';
  await newPlugin(registry, tenant.id, { clazz: 'transport-contract', apiToken: pluginToken, configuration: {} });
  const rule = { pluginToken, filters: [] };
  await newRule(registry, tenant.id, { ...rule, action: { name: 'Call', clazz: 'rpc', configuration: {} } });
  const messageTypes = ['POST_TELEMETRY', 'POST_ATTRIBUTES'];
  await newRule(registry, tenant.id, {
    ...rule,
    filters: [{ name: 'Data', clazz: 'message-type', configuration: { messageTypes } }],
    action: { name: 'Forward', clazz: 'forward', configuration: {} },
  });
  return devices;
}
