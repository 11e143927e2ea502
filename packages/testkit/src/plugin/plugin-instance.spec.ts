import 'reflect-metadata';
import {
  Clock,
  DeviceDirectory,
  DeviceRpc,
  JsonText,
  Logger,
  Plugin,
  PluginInstance,
  RpcError,
  type Device,
} from '@device-messaging/plugin-api';
import { describe, expect, test } from '@jest/globals';
import { ContainerModule, inject, injectable } from 'inversify';
import { VirtualTimers } from '../time/virtual-timers.js';
import { FakeDeviceDirectory } from './fake-device-directory.js';
import { FakeDeviceRpc } from './fake-device-rpc.js';
import { makePlugin } from './plugin-instance.js';
import { RecordingLogger } from './recording-logger.js';

const Greeting = Symbol('Greeting');

@injectable()
@Plugin({
  id: 'all-ports',
  name: 'All Ports Plugin',
  apiVersion: 1,
  services: new ContainerModule(({ bind }) => void bind(Greeting).toConstantValue('its own')),
})
class AllPortsPlugin {
  constructor(
    @inject(Clock) readonly clock: Clock,
    @inject(DeviceDirectory) readonly directory: DeviceDirectory,
    @inject(DeviceRpc) readonly rpc: DeviceRpc,
    @inject(Logger) readonly logger: Logger,
    @inject(PluginInstance) readonly instance: PluginInstance,
    @inject(Greeting) readonly greeting: string,
  ) {}
}

describe('makePlugin', () => {
  test('gives a plugin every port, and its own services', () => {
    const plugin = makePlugin(AllPortsPlugin);
    expect(plugin.clock).toBeInstanceOf(VirtualTimers);
    expect(plugin.directory).toBeInstanceOf(FakeDeviceDirectory);
    expect(plugin.rpc).toBeInstanceOf(FakeDeviceRpc);
    expect(plugin.logger).toBeInstanceOf(RecordingLogger);
    expect(plugin.instance.token).toBe('under-test');
    expect(plugin.greeting).toBe('its own');
  });

  test('takes the ports of the test, and lets a host application replace services', () => {
    const clock = new VirtualTimers();
    const services = new ContainerModule(({ rebind }) => void rebind(Greeting).toConstantValue('the application’s'));
    const plugin = makePlugin(AllPortsPlugin, services, { clock });
    expect(plugin.clock).toBe(clock);
    expect(plugin.greeting).toBe('the application’s');
  });
});

describe('FakeDeviceDirectory', () => {
  const device = (id: string, facts: Partial<Device> = {}): Device => {
    return { id, tenantId: 'tenant', customerId: 'customer', name: id, type: 'default', ...facts };
  };
  const directory = new FakeDeviceDirectory([
    device('a'),
    device('b', { type: 'lamp' }),
    device('other', { customerId: 'another' }),
    device('c', { type: 'lamp', name: 'ceiling' }),
  ]);
  const ids = (query: object): string[] =>
    directory.list({ customerId: 'customer', limit: 10, ...query }).map(({ id }) => id);

  test('lists a customer’s devices as a host does', () => {
    expect(ids({})).toEqual(['a', 'b', 'c']);
    expect(ids({ limit: 2 })).toEqual(['a', 'b']);
    expect(ids({ after: 'a', limit: 1 })).toEqual(['b']);
    expect(ids({ after: 'other' })).toEqual([]);
    expect(ids({ except: 'a' })).toEqual(['b', 'c']);
    expect(ids({ type: 'lamp' })).toEqual(['b', 'c']);
    expect(ids({ type: 'lamp', name: 'ceiling' })).toEqual(['c']);
  });

  test('finds a device by its id in any case, and knows who is online', () => {
    expect(directory.find('A')).toBe(directory.devices[0]);
    expect(directory.find('nobody')).toBeUndefined();
    directory.online.add('a');
    expect([directory.isOnline('a'), directory.isOnline('b')]).toEqual([true, false]);
  });
});

describe('FakeDeviceRpc', () => {
  const message = { method: 'onMsg', params: JsonText.of(1) };

  test('notes requests and replies as it is told', async () => {
    const rpc = new FakeDeviceRpc(({ message: { params } }) => params);
    expect((await rpc.request('target', message, { timeoutMs: 1_000 })).toString()).toBe('1');
    expect(rpc.requests).toEqual([{ targetId: 'target', message, options: { timeoutMs: 1_000 } }]);
  });

  test('rejects with what the reply throws', async () => {
    const rpc = new FakeDeviceRpc(() => {
      throw new RpcError('TIMEOUT');
    });
    await expect(rpc.request('target', message, { timeoutMs: 1_000 })).rejects.toMatchObject({ code: 'TIMEOUT' });
  });
});

test('RecordingLogger keeps its lines', () => {
  const logger = new RecordingLogger();
  logger.debug('one');
  logger.info('two', { deviceId: 'a' });
  logger.warn('three');
  logger.error('four');
  expect(logger.lines.map(({ level, message }) => [level, message])).toEqual([
    ['debug', 'one'],
    ['info', 'two'],
    ['warn', 'three'],
    ['error', 'four'],
  ]);
  expect(logger.lines[1]?.fields).toEqual({ deviceId: 'a' });
});
