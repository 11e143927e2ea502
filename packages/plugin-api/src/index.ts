export { isThenable, type Awaitable, type Reply } from './reply.js';
export type { Device } from './device.js';
export { JsonText } from './json-text.js';
export { IsJson } from './json-member.js';
export { RpcError, RPC_ERROR_TEXTS, type RpcErrorCode, type RpcErrorOptions } from './rpc-error.js';
export { Plugin, pluginMetadataOf, type Constructor, type PluginMetadata } from './plugin.js';
export type { OnConfigurationChange, OnStart, OnStop } from './plugin-lifecycle.js';
export {
  Coerce,
  NoParams,
  RpcMethod,
  coercionsOf,
  rpcMethodsOf,
  type RpcCall,
  type RpcHandler,
  type RpcMethodMetadata,
} from './rpc-method.js';
export {
  MessageHandler,
  messageHandlersOf,
  type DeviceMessage,
  type MessageHandlerMetadata,
} from './message-handler.js';
export { MESSAGE_TYPES, type MessageType, type RuleMessage } from './rule-message.js';
export {
  ComponentConfiguration,
  PluginAction,
  RuleFilter,
  RuleProcessor,
  ruleComponentOf,
  type PluginActionComponent,
  type PluginActionMetadata,
  type RuleComponent,
  type RuleComponentMetadata,
  type RuleFilterComponent,
  type RuleProcessorComponent,
} from './rule-components.js';
export { Clock } from './ports/clock.js';
export { DeviceDirectory, type DeviceQuery } from './ports/device-directory.js';
export {
  DeviceRpc,
  type AccessDecision,
  type Authorize,
  type ServerRpc,
  type ServerRpcOptions,
} from './ports/device-rpc.js';
export { Logger, type LogFields } from './ports/logger.js';
export { PluginInstance } from './ports/plugin-instance.js';
