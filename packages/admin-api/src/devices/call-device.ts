import { JsonText, RpcError, type RpcErrorCode } from '@device-messaging/plugin-api';
import type { AdminContext } from '../admin-context.js';
import { tenantOf } from '../auth/caller.js';
import { Answer } from '../http/answer.js';
import { memberText } from '../http/member-text.js';
import type { AdminRequest } from '../http/operation.js';
import { notFound, Problem } from '../problem/problem.js';
import type { deviceCall } from '../schemas/device-call.js';
import type { ValueOf } from '../schemas/schema.js';
import { ownDevice } from './own-device.js';

type CallBody = ValueOf<ReturnType<typeof deviceCall>>;

/** Calls a device as its tenant. Params and reply are passed on byte for byte. */
export async function callDevice(
  { registry, host, audit, limits }: AdminContext,
  { caller, trace, params, body, bodyText }: AdminRequest<{ id: string }, unknown, CallBody>,
): Promise<Answer> {
  const device = await ownDevice(registry, caller, params.id);
  const { method, timeout = limits.defaultCallTimeoutMs, oneway } = body;
  const text = memberText(bodyText, 'params');
  audit.changed(caller, trace, { action: 'CALL', entity: 'device', entityId: device.id, details: { method } });
  try {
    const reply = await host.callDevice({
      tenantId: tenantOf(caller),
      deviceId: device.id,
      method,
      params: text === undefined ? JsonText.NULL : JsonText.fromString(text),
      timeoutMs: timeout,
      oneway,
    });
    return new Answer(200, reply.toString(), { 'content-type': 'application/json; charset=utf-8' });
  } catch (error) {
    if (error instanceof RpcError) throw refusalOf(error);
    throw error;
  }
}

/** Statuses of what a call can end with. 502: the device answered, and what it said cannot be passed on. */
const STATUSES: Partial<Record<RpcErrorCode, number>> = {
  NO_ACTIVE_CONNECTION: 409,
  TIMEOUT: 504,
  INVALID_RESPONSE: 502,
  MESSAGE_TOO_LARGE: 413,
  TOO_MANY_WAITING: 429,
  RATE_LIMIT_EXCEEDED: 429,
  TIMEOUT_NOT_POSITIVE: 400,
  TIMEOUT_TOO_LARGE: 400,
};

function refusalOf(error: RpcError): Problem {
  // Deleted while it was asked.
  if (error.code === 'TARGET_NOT_FOUND') return notFound('device');
  const status = STATUSES[error.code] ?? 500;
  const headers = status === 429 ? { headers: { 'retry-after': '1' } } : {};
  return new Problem(status, error.message, { kind: error.code.toLowerCase().replaceAll('_', '-'), ...headers });
}
