import type { Constructor } from '@device-messaging/plugin-api';
import { CustomerFilter } from './customer-filter.js';
import { DeviceTypeFilter } from './device-type-filter.js';
import { ForwardPluginAction } from './forward-plugin-action.js';
import { MessageTypeFilter } from './message-type-filter.js';
import { MethodNameFilter } from './method-name-filter.js';
import { RpcPluginAction } from './rpc-plugin-action.js';

/** The rule components that every host has. */
export const BUILT_IN_COMPONENTS: readonly Constructor[] = [
  MessageTypeFilter,
  MethodNameFilter,
  DeviceTypeFilter,
  CustomerFilter,
  RpcPluginAction,
  ForwardPluginAction,
];
