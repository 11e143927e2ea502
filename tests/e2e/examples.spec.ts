import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { controlledMessaging } from '@device-messaging/example-custom-policy';
import { TimePlugin } from '@device-messaging/example-time-plugin';
import { createHost, InMemoryRegistry, type Host } from '@device-messaging/host-runtime';
import { MqttTransport } from '@device-messaging/transport-mqtt';
import { createHash } from 'node:crypto';
import { MqttDevice } from './mqtt-device.js';
import { ServerProcess } from './server-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A script of the examples, as somebody runs it in a terminal. */
class Script {
  private stdout = '';
  private stderr = '';
  readonly finished: Promise<Run>;
  private readonly child: ChildProcessByStdio<null, Readable, Readable>;

  constructor(script: string, env: Record<string, string>) {
    const options = { cwd: ROOT, env: { PATH: process.env['PATH'], ...env } };
    this.child = spawn(process.execPath, [script], { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.finished = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  async untilPrinted(text: string): Promise<void> {
    while (!this.stdout.includes(text)) await once(this.child.stdout, 'data');
  }

  /** As by Ctrl-C. */
  stop(): Promise<Run> {
    this.child.kill('SIGINT');
    return this.finished;
  }
}

/** Runs a script to its end. */
function runScript(script: string, env: Record<string, string>): Promise<Run> {
  return new Script(script, env).finished;
}

/** The commands that the README shows, each with the output that it shows. */
function readmeTranscripts(): { script: string; token: string; output: string }[] {
  const readme = readFileSync(`${ROOT}README.md`, 'utf8');
  const blocks = [...readme.matchAll(/```\n\$ TOKEN=(\S+) node (\S+)\n([^`]*)```/g)];
  return blocks.map(([, token, script, output]) => ({ token: token!, script: script!, output: output! }));
}

describe('the scripts of the demo account', () => {
  let server: ServerProcess;
  let url: string;

  beforeAll(async () => {
    server = await ServerProcess.start();
    url = `mqtt://127.0.0.1:${server.mqttPort}`;
  });

  afterAll(async () => {
    await server.stop();
  });

  test('print what the README shows: the list, nobody there, and the reply of the receiver', async () => {
    const [list, away, there] = readmeTranscripts();
    for (const { script, token, output } of [list!, away!]) {
      expect((await runScript(script, { TOKEN: token, MQTT_URL: url })).stdout).toBe(output);
    }
    const receiver = new Script('examples/demo-account/receive-msg.js', { TOKEN: 'A2_TEST_TOKEN', MQTT_URL: url });
    await receiver.untilPrinted('listening');
    expect((await runScript(there!.script, { TOKEN: there!.token, MQTT_URL: url })).stdout).toBe(there!.output);
    const { stdout } = await receiver.stop();
    expect(stdout).toContain('request.body: {"method":"onMsg","params":{"param1":"value1"}}');
  });

  test.each([
    ['without a token', {}, 'TOKEN is not set.'],
    ['with a wrong one', { TOKEN: 'NOBODY' }, 'The server knows no device with this TOKEN.'],
    ['without a server', { TOKEN: 'A1_TEST_TOKEN', MQTT_URL: 'mqtt://127.0.0.1:1' }, 'No server listens at'],
  ])('%s they say so and exit with 1', async (_case, env: Record<string, string>, message) => {
    const run = await runScript('examples/demo-account/send-msg.js', { MQTT_URL: url, ...env });
    expect([run.code, run.stderr]).toEqual([1, expect.stringContaining(message)]);
  });
});

test('the embedded host serves its two devices and stops on Ctrl-C', async () => {
  const program = spawn(process.execPath, ['examples/embedded-host/dist/main.js'], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'], PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(program.stdout, 'data')) as [Buffer];
  const [, port, tokens] = /:(\d+) with the tokens (.*)/.exec(line.toString())!;
  const { door } = JSON.parse(tokens!) as { door: string };
  const device = await MqttDevice.connect(Number(port), door);
  expect(JSON.parse(await device.ask('getDevices'))).toMatchObject([{ name: 'lamp' }]);
  program.kill('SIGINT');
  const [code] = (await once(program, 'exit')) as [number | null];
  expect(code).toBe(0);
  await device.leave();
});

describe('the example plugins side by side in one host', () => {
  const TENANT = '11111111-0000-4000-8000-000000000000';
  const CUSTOMER = '22222222-0000-4000-8000-000000000000';
  const registry = new InMemoryRegistry();
  const mqtt = new MqttTransport();
  let host: Host;
  let listener: Server;
  const devices: MqttDevice[] = [];

  function addDevice(name: string, type: string): string {
    const { id } = registry.createDevice({ tenantId: TENANT, customerId: CUSTOMER, name, type });
    registry.setCredentials(id, 'ACCESS_TOKEN', createHash('sha256').update(name).digest('hex'));
    return id;
  }

  function addPlugin(token: string, clazz: string, methods: readonly string[], configuration: object): void {
    registry.createPlugin({
      tenantId: TENANT,
      name: token,
      apiToken: token,
      clazz,
      state: 'ACTIVE',
      configuration: { ...configuration },
    });
    const methodNames = methods.map((name) => ({ name }));
    registry.createRule({
      tenantId: TENANT,
      name: token,
      state: 'ACTIVE',
      weight: 0,
      pluginToken: token,
      filters: [{ name: 'Methods', clazz: 'method-name', configuration: { methodNames } }],
      processor: undefined,
      action: { name: 'Ask', clazz: 'rpc', configuration: {} },
    });
  }

  async function connect(token: string): Promise<MqttDevice> {
    const device = await MqttDevice.connect((listener.address() as AddressInfo).port, token);
    devices.push(device);
    return device;
  }

  beforeAll(async () => {
    registry.createTenant({ id: TENANT, title: 'Tenant' });
    registry.createCustomer({ id: CUSTOMER, tenantId: TENANT, title: 'Customer' });
    addPlugin('messaging', 'device-messaging', ['getDevices', 'sendMsg'], {});
    addPlugin('time', 'org.thingsboard.server.extensions.core.plugin.time.TimePlugin', ['getTime'], {
      timeFormat: 'yyyy MM dd HH:mm:ss.SSS',
    });
    host = createHost({ plugins: [controlledMessaging, TimePlugin], transports: [mqtt], registry });
    await host.start();
    listener = createServer((socket) => mqtt.accept(socket));
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
  });

  afterAll(async () => {
    for (const device of devices) await device.leave();
    listener.close();
    await host.stop();
    const { sessions, requests, pendingCalls, deadlines } = host.control.statistics();
    expect({ sessions, requests, pendingCalls, deadlines }).toEqual({
      sessions: 0,
      requests: 0,
      pendingCalls: 0,
      deadlines: 0,
    });
  });

  test('the custom policy lets controllers call actuators, and nobody else anybody', async () => {
    const controller = await connect((addDevice('controller-1', 'controller'), 'controller-1'));
    const actuatorId = addDevice('actuator-1', 'actuator');
    const actuator = await connect('actuator-1');
    actuator.onCall = () => '"moved"';
    await actuator.listen();
    expect(await controller.sendMsg(actuatorId, 1)).toBe('"moved"');
    const controllerId = registry.listDevices(TENANT, { customerId: CUSTOMER, limit: 1 })[0]!.id;
    expect(await actuator.sendMsg(controllerId, 1)).toContain('This action is not allowed!');
  });

  test('the time plugin answers beside it', async () => {
    addDevice('clock', 'default');
    const answer = await (await connect('clock')).ask('getTime');
    expect(answer).toMatch(/^\{"time":"\d{4} \d\d \d\d \d\d:\d\d:\d\d\.\d{3}"\}$/);
  });
});
