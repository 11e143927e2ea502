import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { HostStatistics, New, NewPlugin, RegistryAdmin, RuleDefinition } from '@device-messaging/host-api';
import { MqttDevice } from './mqtt-device.js';

const PROGRAM = fileURLToPath(new URL('programs/controlled-host.mjs', import.meta.url));

export const TENANT = '11111111-0000-4000-8000-000000000000';
export const OTHER_TENANT = '22222222-0000-4000-8000-000000000000';
export const CUSTOMER = '33333333-0000-4000-8000-000000000000';
export const OTHER_CUSTOMER = '44444444-0000-4000-8000-000000000000';
export const PLUGIN = '55555555-0000-4000-8000-000000000000';
export const RULE = '66666666-0000-4000-8000-000000000000';

export const X1 = { id: '77777777-0000-4000-8000-000000000001', token: 'X1' } as const;
export const X2 = { id: '77777777-0000-4000-8000-000000000002', token: 'X2' } as const;
/** A device of the other tenant. */
export const FOREIGN = { id: '77777777-0000-4000-8000-000000000003', token: 'FOREIGN' } as const;

const plugin: NewPlugin = {
  id: PLUGIN,
  tenantId: TENANT,
  name: 'Messaging',
  apiToken: 'messaging',
  clazz: 'device-messaging',
  state: 'ACTIVE',
  configuration: {},
};

const rule: New<RuleDefinition> = {
  id: RULE,
  tenantId: TENANT,
  name: 'Calls',
  state: 'ACTIVE',
  weight: 0,
  pluginToken: 'messaging',
  filters: [],
  processor: undefined,
  action: { name: 'Ask', clazz: 'rpc', configuration: {} },
};

const setUp = {
  tenants: [TENANT, OTHER_TENANT].map((id) => ({ id, title: id })),
  customers: [CUSTOMER, OTHER_CUSTOMER].map((id) => ({ id, tenantId: TENANT, title: id })),
  devices: [
    { ...X1, name: 'X1', type: 'default', tenantId: TENANT, customerId: CUSTOMER },
    { ...X2, name: 'X2', type: 'default', tenantId: TENANT, customerId: CUSTOMER },
    { ...FOREIGN, name: 'Foreign', type: 'default', tenantId: OTHER_TENANT },
  ],
  plugins: [plugin],
  rules: [rule],
};

/** A host in a process of its own whose registry a test changes while devices talk. */
export class ControlledHost {
  private readonly devices: MqttDevice[] = [];

  private constructor(
    private readonly process: ChildProcess,
    readonly port: number,
  ) {}

  static async start(): Promise<ControlledHost> {
    const child = fork(PROGRAM, [JSON.stringify(setUp)], {
      stdio: 'inherit',
      execArgv: ['--expose-gc'],
      // Statistics have maps.
      serialization: 'advanced',
    });
    const [{ port }] = (await once(child, 'message')) as [{ port: number }];
    return new ControlledHost(child, port);
  }

  async connect({ token }: { token: string }): Promise<MqttDevice> {
    const device = await MqttDevice.connect(this.port, token);
    this.devices.push(device);
    return device;
  }

  /** Changes the registry; done when the change is made. */
  async change<M extends keyof RegistryAdmin>(method: M, ...args: Parameters<RegistryAdmin[M]>): Promise<void> {
    await this.ask(method, args);
  }

  async statistics(): Promise<HostStatistics> {
    return (await this.ask('statistics', [])) as HostStatistics;
  }

  /** Done when the host is in a certain state. */
  async until(isSo: (statistics: HostStatistics) => boolean): Promise<void> {
    let statistics = await this.statistics();
    for (let patience = 5_000; !isSo(statistics); patience--) {
      if (patience === 0) throw new Error(`The host stays at ${JSON.stringify(statistics)}`);
      statistics = await this.statistics();
    }
  }

  /** What is in use of the heap once the garbage is collected, bytes. */
  async heapBytes(): Promise<number> {
    return (await this.ask('heapBytes', [])) as number;
  }

  async stop(): Promise<void> {
    for (const device of this.devices) await device.leave();
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }

  private async ask(method: string, args: readonly unknown[]): Promise<unknown> {
    const answered = once(this.process, 'message') as Promise<[{ result: unknown }]>;
    this.process.send({ method, args });
    return (await answered)[0].result;
  }
}
