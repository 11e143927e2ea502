import type { Device } from './device.js';
import type { JsonText } from './json-text.js';

/** What a device sent; the names are those of ThingsBoard 1.x's message type filter. */
export type MessageType = 'RPC_REQUEST' | 'POST_TELEMETRY' | 'POST_ATTRIBUTES' | 'GET_ATTRIBUTES';

/** All message types. */
export const MESSAGE_TYPES: readonly MessageType[] = [
  'RPC_REQUEST',
  'POST_TELEMETRY',
  'POST_ATTRIBUTES',
  'GET_ATTRIBUTES',
];

/** A device's message as the rules see it. Read-only facts. */
export interface RuleMessage {
  readonly type: MessageType;
  /** The sending device, as the registry knows it now. */
  readonly device: Device;
  /** The whole payload as it came in. */
  readonly payload: JsonText;
  /** The RPC method; `undefined` for every type but `RPC_REQUEST`. */
  readonly method: string | undefined;
  /** Epoch ms. */
  readonly receivedAt: number;
}
