import { configurationSchema, type DeclaredRule, type JsonSchema, type PluginType } from '@device-messaging/host-api';
import {
  messageHandlersOf,
  NoParams,
  pluginMetadataOf,
  rpcMethodsOf,
  type Constructor,
  type MessageType,
  type PluginMetadata,
} from '@device-messaging/plugin-api';
import type { ContainerModule } from 'inversify';
import { ParamsReader } from '../requests/params-reader.js';

/** A plugin type as a host application registers it. */
export interface PluginRegistration {
  readonly type: Constructor;
  /** Loaded after the plugin's own services: binds what it needs beside, or rebinds what the application replaces. */
  readonly services?: ContainerModule;
}

/** A handler of an RPC method: which member of the plugin it is, and how its params are read. */
export interface RpcHandlerEntry {
  readonly handler: string;
  readonly params: ParamsReader;
}

/** A registered plugin type with everything looked up that its instances share. */
export interface RegisteredPlugin {
  readonly type: Constructor;
  readonly metadata: PluginMetadata;
  readonly services: readonly ContainerModule[];
  readonly rpcHandlers: ReadonlyMap<string, RpcHandlerEntry>;
  readonly messageHandlers: ReadonlyMap<MessageType, string>;
}

/** Version of the plugin SPI that this host speaks. */
const API_VERSION = 1;

/** The plugin types that a host knows, by id and by alias. */
export class PluginCatalog {
  private readonly byName = new Map<string, RegisteredPlugin>();
  private readonly registered: RegisteredPlugin[] = [];

  /** @throws TypeError when a class is no plugin, speaks another SPI version, or shares a name with another. */
  constructor(plugins: readonly (Constructor | PluginRegistration)[]) {
    for (const plugin of plugins) this.add(typeof plugin === 'function' ? { type: plugin } : plugin);
  }

  /** By id or alias. */
  find(clazz: string): RegisteredPlugin | undefined {
    return this.byName.get(clazz);
  }

  get names(): readonly string[] {
    return [...this.byName.keys()];
  }

  describe(): PluginType[] {
    return this.registered.map(({ metadata, rpcHandlers }) => ({
      id: metadata.id,
      name: metadata.name,
      aliases: metadata.aliases ?? [],
      configuration: schemaOf(metadata),
      methods: [...rpcHandlers.keys()],
      version: metadata.version,
      rule: ruleFor([...rpcHandlers.keys()]),
    }));
  }

  private add({ type, services }: PluginRegistration): void {
    const metadata = pluginMetadataOf(type);
    // A plugin written in JavaScript may say anything here.
    if ((metadata.apiVersion as number) !== API_VERSION) {
      throw new TypeError(
        `${type.name} is written for version ${String(metadata.apiVersion)} of the plugin SPI; this host speaks ${API_VERSION}`,
      );
    }
    const plugin: RegisteredPlugin = {
      type,
      metadata,
      services: [metadata.services, services].filter((module) => module !== undefined),
      rpcHandlers: new Map(
        rpcMethodsOf(type).map(({ method, handler, params }) => [
          method,
          { handler, params: new ParamsReader(params) },
        ]),
      ),
      messageHandlers: new Map(messageHandlersOf(type).map((entry) => [entry.type, entry.handler])),
    };
    for (const name of [metadata.id, ...(metadata.aliases ?? [])]) {
      const other = this.byName.get(name);
      if (other !== undefined) {
        throw new TypeError(`${type.name} and ${other.type.name} are both plugins named "${name}"`);
      }
      this.byName.set(name, plugin);
    }
    this.registered.push(plugin);
  }
}

/** As ThingsBoard's demo account has it: RPC requests for the plugin's methods, answered by the plugin. */
function ruleFor(methods: readonly string[]): DeclaredRule | undefined {
  if (methods.length === 0) return undefined;
  const methodNames = methods.map((name) => ({ name }));
  return {
    weight: 0,
    filters: [
      { name: 'RPC requests', clazz: 'message-type', configuration: { messageTypes: ['RPC_REQUEST'] } },
      { name: "The plugin's methods", clazz: 'method-name', configuration: { methodNames } },
    ],
    processor: undefined,
    action: { name: 'Answer', clazz: 'rpc', configuration: {} },
  };
}

function schemaOf(metadata: PluginMetadata): JsonSchema {
  return configurationSchema(metadata.configuration ?? NoParams);
}
