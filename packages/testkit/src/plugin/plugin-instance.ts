import {
  Clock,
  DeviceDirectory,
  DeviceRpc,
  Logger,
  pluginMetadataOf,
  PluginInstance,
  type Constructor,
} from '@device-messaging/plugin-api';
import { Container, type ContainerModule } from 'inversify';
import { VirtualTimers } from '../time/virtual-timers.js';
import { FakeDeviceDirectory } from './fake-device-directory.js';
import { FakeDeviceRpc } from './fake-device-rpc.js';
import { RecordingLogger } from './recording-logger.js';

/** The ports of a plugin under test; what is absent is a fake. */
export interface TestPorts {
  readonly clock?: Clock;
  readonly directory?: DeviceDirectory;
  readonly rpc?: DeviceRpc;
  readonly logger?: Logger;
  readonly instance?: PluginInstance;
}

const INSTANCE: PluginInstance = {
  tenantId: 'cba44a80-9fce-11e6-8080-808080808080',
  id: 'cfd06800-9fce-11e6-8080-808080808080',
  name: 'Plugin under test',
  token: 'under-test',
};

/**
 * Makes a plugin object as a host does: in a container of its own, out of its ports, its own services, and those with
 * which a host application completes or replaces them.
 * @throws what the container says when something is missing
 */
export function makePlugin<T extends object>(
  type: Constructor<T>,
  services?: ContainerModule,
  ports: TestPorts = {},
): T {
  const container = new Container();
  container.bind(Clock).toConstantValue(ports.clock ?? new VirtualTimers());
  container.bind(DeviceDirectory).toConstantValue(ports.directory ?? new FakeDeviceDirectory());
  container.bind(DeviceRpc).toConstantValue(ports.rpc ?? new FakeDeviceRpc());
  container.bind(Logger).toConstantValue(ports.logger ?? new RecordingLogger());
  container.bind(PluginInstance).toConstantValue(ports.instance ?? INSTANCE);
  for (const module of [pluginMetadataOf(type).services, services]) if (module !== undefined) container.load(module);
  container.bind(type).toSelf().inSingletonScope();
  return container.get(type);
}
