import 'reflect-metadata';
import type { ContainerModule } from 'inversify';

const METADATA = Symbol('device-messaging:plugin');

/** A class that can be constructed by the container; its constructor parameters carry `@inject`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- constructor parameters are injected: any list of them will do
export type Constructor<T = object> = new (...args: any[]) => T;

/** What a plugin type says about itself. */
export interface PluginMetadata {
  /** Stable id of the plugin type, kebab-case, unique in a host. Plugin definitions name it as their `clazz`. */
  readonly id: string;
  /** Shown to people, also in `<name> is not enabled for this customer!`. */
  readonly name: string;
  /** The author's version of the plugin, shown to administrators. */
  readonly version?: string;
  /** Version of this SPI that the plugin was written for. A host refuses a version it does not know. */
  readonly apiVersion: 1;
  /**
   * class-validator class of the plugin's settings; its property initialisers are the defaults. Its JSON Schema is
   * derived from it, so form, validation and documentation cannot drift apart. Without it the plugin has no settings.
   */
  readonly configuration?: Constructor;
  /** Other `clazz` names that mean this type: the Java class of the plugin's ThingsBoard 1.x ancestor, say. */
  readonly aliases?: readonly string[];
  /**
   * What the plugin binds in the container of each of its instances: its replaceable services with their defaults.
   * A host application may rebind them when it registers the plugin.
   */
  readonly services?: ContainerModule;
}

/**
 * Declares a plugin type. The class also needs inversify's `@injectable()`; its constructor lists the ports that it
 * needs, and gets nothing else. One class, many instances: the host creates one per plugin definition of a tenant, at
 * the definition's first message, in a container of its own.
 *
 * Handlers of one instance run interleaved on one thread; the messages of one device reach them in the order in which
 * they arrived.
 */
export function Plugin(metadata: PluginMetadata): (target: Constructor) => void {
  return (target) => Reflect.defineMetadata(METADATA, Object.freeze({ ...metadata }), target);
}

/**
 * What {@link Plugin} declared on a class.
 * @throws TypeError when the class is not a plugin.
 */
export function pluginMetadataOf(target: Constructor): PluginMetadata {
  const metadata = Reflect.getOwnMetadata(METADATA, target) as PluginMetadata | undefined;
  if (metadata === undefined) throw new TypeError(`${target.name} is not a plugin: it has no @Plugin(…) decorator`);
  return metadata;
}
