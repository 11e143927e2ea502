/**
 * Why a call was answered with an error: the closed set of what a calling device may be told.
 * The texts are those of ThingsBoard 1.x where it has them.
 */
export type RpcErrorCode = keyof typeof RPC_ERROR_TEXTS;

/**
 * The one table of texts that a device can receive as `{"error":"<text>"}`. `{detail}` stands for the detail of the
 * single error. The device API specification lists the same texts; a test compares the two.
 */
export const RPC_ERROR_TEXTS = {
  DEVICE_UNASSIGNED: 'Device is unassigned!',
  TIMEOUT_NOT_POSITIVE: "Timeout can't be negative!",
  TIMEOUT_TOO_LARGE: 'Timeout is too large!',
  TARGET_NOT_FOUND: 'Target device not found!',
  NOT_ALLOWED: 'This action is not allowed! Devices are unassigned or assigned to different customers!',
  NO_ACTIVE_CONNECTION: 'No active connection to the remote device!',
  TIMEOUT: 'Timeout while waiting response from device!',
  INVALID_RESPONSE: 'Invalid response from the remote device!',
  INTERNAL: 'Internal server error!',
  INVALID_PARAMS: 'Invalid params: {detail}',
  INVALID_REQUEST: 'Invalid request: {detail}',
  PLUGIN_NOT_ENABLED: '{detail} is not enabled for this customer!',
  RATE_LIMIT_EXCEEDED: 'Rate limit exceeded!',
  TOO_MANY_WAITING: 'Too many messages are waiting for this device!',
  MESSAGE_TOO_LARGE: 'The message is too large for this connection!',
  NO_RULES: 'No rules configured!',
  NO_ACTIVE_RULES: 'No active rules!',
  NO_MATCHING_RULE: 'No rules that match current message!',
  NO_TWO_WAY_ACTION: 'Rule filters match, but no rule with two-way action configured!',
  NO_RESPONSE: 'Rule filters match, message processed by plugin, but no response produced by rule action!',
  PLUGIN_TIMEOUT: 'Timeout during processing of message by plugin!',
  PLUGIN_SUSPENDED: 'Plugin is suspended!',
} as const;

/** Options of an {@link RpcError}. */
export interface RpcErrorOptions {
  /** What stands for `{detail}` in the code's text. It travels to the calling device: nothing secret belongs here. */
  readonly detail?: string;
  /** The error behind this one, for the log. It never travels. */
  readonly cause?: unknown;
}

/**
 * The only error whose text reaches the calling device. Anything else that a plugin throws is answered as
 * `Internal server error!` and logged with the plugin's id.
 */
export class RpcError extends Error {
  override readonly name = 'RpcError';
  readonly detail: string | undefined;

  constructor(
    readonly code: RpcErrorCode,
    options: RpcErrorOptions = {},
  ) {
    super(
      RPC_ERROR_TEXTS[code].replace('{detail}', () => options.detail ?? code),
      { cause: options.cause },
    );
    this.detail = options.detail;
  }
}
