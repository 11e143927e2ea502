import { connectDevice, type DeviceClient } from '@device-messaging/device-client';
import { AdminClient } from './admin-client.js';
import { MqttDevice } from './mqtt-device.js';
import type { ServerProcess } from './server-process.js';

const PASSWORD = 'correct horse';

/** A device as the admin API tells of it when it is made. */
export interface DeviceView {
  readonly id: string;
  readonly name: string;
  readonly token: string;
}

export const error = (text: string): string => JSON.stringify({ error: text });
export const NOT_ALLOWED = error(
  'This action is not allowed! Devices are unassigned or assigned to different customers!',
);
export const NOT_FOUND = error('Target device not found!');
export const NOT_ENABLED = error('Device Messaging Plugin is not enabled for this customer!');
export const SUSPENDED = error('Plugin is suspended!');
export const TOO_LARGE = error('Timeout is too large!');
export const RATE_LIMITED = error('Rate limit exceeded!');
export const INTERNAL = error('Internal server error!');

/** Longest time from the acknowledgement of a change to its effect, ms. */
export const ACTS_WITHIN_MS = 1_000;

/** A tenant made through the admin API, and devices of it that talk. */
export class Tenant {
  private readonly connected: (MqttDevice | DeviceClient)[] = [];

  private constructor(
    private readonly server: ServerProcess,
    readonly id: string,
    readonly admin: AdminClient,
    readonly pluginId: string,
    readonly customerA: string,
    readonly customerB: string,
    /** Of customer A. */
    readonly a1: DeviceView,
    readonly a2: DeviceView,
    readonly a3: DeviceView,
    /** Of customer B. */
    readonly b1: DeviceView,
  ) {}

  static async create(server: ServerProcess, sysadmin: AdminClient, name: string): Promise<Tenant> {
    const { id } = await sysadmin.do<{ id: string }>('POST', '/tenants', { title: name });
    const user = { username: name, password: PASSWORD, role: 'TENANT_ADMIN' };
    await sysadmin.do('POST', `/tenants/${id}/users`, user);
    const admin = await AdminClient.login(server.httpUrl, name, PASSWORD);
    const plugin = { type: 'device-messaging', name: 'Messaging', token: 'messaging' };
    const { id: pluginId } = await admin.do<{ id: string }>('POST', '/plugins', plugin);
    const customer = async (title: string): Promise<string> =>
      (await admin.do<{ id: string }>('POST', '/customers', { title })).id;
    const [a, b] = [await customer('A'), await customer('B')];
    const device = (deviceName: string, customerId: string): Promise<DeviceView> =>
      admin.do<DeviceView>('POST', '/devices', { name: deviceName, customerId });
    const [a1, a2, a3] = [await device('a1', a), await device('a2', a), await device('a3', a)];
    return new Tenant(server, id, admin, pluginId, a, b, a1, a2, a3, await device('b1', b));
  }

  /** Over MQTT. It listens and replies with its name when told to. */
  async connect({ token, name }: DeviceView, { listens = false } = {}): Promise<MqttDevice> {
    const device = await MqttDevice.connect(this.server.mqttPort, token);
    this.connected.push(device);
    device.onCall = () => JSON.stringify(name);
    if (listens) await device.listen();
    return device;
  }

  /** The same over HTTP, listening by long polls. */
  async connectOverHttp({ token, name }: DeviceView, { listens = false } = {}): Promise<DeviceClient> {
    const device = await connectDevice(this.server.httpUrl, token, { httpListening: 'poll' });
    this.connected.push(device);
    // Whoever is told that the call is late looks at the answer of its caller.
    if (listens) await device.listen(({ reply }) => void reply(JSON.stringify(name)).catch(() => undefined));
    return device;
  }

  /** A call to a device that is away, made over MQTT: the server holds it when this is done. Boxed: no promise of one. */
  async waitingCall(caller: MqttDevice, target: DeviceView): Promise<{ readonly answer: Promise<string> }> {
    const answer = caller.sendMsg(target.id, 'waited', { timeout: 30_000 });
    // Messages of a device start in order.
    await caller.ask('getDevices');
    return { answer };
  }

  /** The same, made over HTTP by a device that does nothing else. */
  async waitingCallOverHttp(caller: DeviceView, target: DeviceView): Promise<{ readonly answer: Promise<string> }> {
    const device = await this.connectOverHttp(caller);
    const answer = device.call('sendMsg', { deviceId: target.id, body: 'waited', timeout: 30_000 });
    // It is online as long as the server works on its request.
    while (!(await this.admin.do<{ online: boolean }>('GET', `/devices/${caller.id}`)).online) continue;
    return { answer };
  }

  assign(device: DeviceView, customerId: string | null): Promise<unknown> {
    return this.admin.do('PUT', `/devices/${device.id}/customer`, { customerId });
  }

  /** Yields the device with its new token. */
  async rotate(device: DeviceView): Promise<DeviceView> {
    const { token } = await this.admin.do<{ token: string }>('POST', `/devices/${device.id}/credentials`);
    return { ...device, token };
  }

  /** Disconnects all of its devices. Fails when a request has not exactly one answer. */
  async leave(): Promise<void> {
    const broken: string[] = [];
    for (const device of this.connected.splice(0)) {
      if (device instanceof MqttDevice) {
        // Answers of a connection come in order: behind this one there is none that was sent before.
        if (device.client.connected) await device.ask('getDevices');
        for (const [id, answers] of device.answers) if (answers.length !== 1) broken.push(`${id}: ${answers.join()}`);
        await device.leave();
      } else await device.close();
    }
    if (broken.length > 0) throw new Error(`Requests with more than one answer: ${broken.join('; ')}`);
  }
}

/** What `effect` yields, which must come within a second: it is called when a change was acknowledged. */
export async function soon<T>(effect: Promise<T>): Promise<T> {
  const began = performance.now();
  const outcome = await effect;
  const took = performance.now() - began;
  if (took > ACTS_WITHIN_MS) throw new Error(`It took ${Math.round(took)} ms: ${JSON.stringify(outcome)}`);
  return outcome;
}

/**
 * For what is read again when a change was acknowledged (quotas): asks until the answer has this in it, which must be
 * within a second.
 */
export async function soonSays(ask: () => Promise<string>, expected: string): Promise<void> {
  const until = performance.now() + ACTS_WITHIN_MS;
  let answer = await ask();
  while (!answer.includes(expected) && performance.now() < until) answer = await ask();
  if (!answer.includes(expected)) throw new Error(`After ${ACTS_WITHIN_MS} ms it is still ${answer}`);
}
