import type { RpcErrorCode } from '@device-messaging/plugin-api';

/** What became of a request: `OK`, or the code of the error that it was answered with. */
export type RpcOutcome = 'OK' | RpcErrorCode;

/** A client-side RPC that has its answer: who, whom, outcome, times and sizes; never what was said. */
export interface AnsweredRequest {
  readonly tenantId: string;
  /** The caller's customer when the request started; `undefined`: none, or it never came to start. */
  readonly customerId: string | undefined;
  /** The caller. */
  readonly deviceId: string;
  /** The name of the transport that it came by. */
  readonly transport: string;
  /** As the device wrote it, however long; empty when the request was malformed. */
  readonly method: string;
  /** The plugin instance that answered; `undefined` when none was asked. */
  readonly pluginId: string | undefined;
  /** What the tenant set for this plugin; `none` when no plugin was asked. */
  readonly audit: 'none' | 'messages';
  /** The device that the plugin called last on behalf of the request, if it called any. It need not exist. */
  readonly targetDeviceId: string | undefined;
  readonly outcome: RpcOutcome;
  /** Epoch ms. */
  readonly receivedAt: number;
  /** Epoch ms. */
  readonly answeredAt: number;
  /** Of the whole request as it came in. */
  readonly requestBytes: number;
  /** Of the answer, or of the error in its place. */
  readonly answerBytes: number;
}
