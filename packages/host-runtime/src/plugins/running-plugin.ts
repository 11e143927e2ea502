import {
  Clock,
  DeviceDirectory,
  DeviceRpc,
  Logger,
  PluginInstance,
  type OnConfigurationChange,
  type OnStart,
  type OnStop,
} from '@device-messaging/plugin-api';
import { Container } from 'inversify';
import type { RegisteredPlugin } from './plugin-catalog.js';

/** The ports of one instance. */
export interface PluginPorts {
  readonly clock: Clock;
  readonly directory: DeviceDirectory;
  readonly rpc: DeviceRpc;
  readonly logger: Logger;
  readonly instance: PluginInstance;
}

/** A plugin's object: its handlers by name, its hooks if it has them. */
export type PluginObject = Record<string, (argument: unknown) => unknown> &
  Partial<OnStart & OnConfigurationChange & OnStop>;

/** Makes a plugin object in a container of its own: its ports and its services are all that it can reach. */
export function constructPlugin(plugin: RegisteredPlugin, ports: PluginPorts): PluginObject {
  const container = new Container();
  container.bind(Clock).toConstantValue(ports.clock);
  container.bind(DeviceDirectory).toConstantValue(ports.directory);
  container.bind(DeviceRpc).toConstantValue(ports.rpc);
  container.bind(Logger).toConstantValue(ports.logger);
  container.bind(PluginInstance).toConstantValue(ports.instance);
  for (const services of plugin.services) container.load(services);
  container.bind(plugin.type).toSelf().inSingletonScope();
  return container.get<object>(plugin.type) as PluginObject;
}
