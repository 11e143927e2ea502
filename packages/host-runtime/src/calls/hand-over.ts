import { JsonText, RpcError } from '@device-messaging/plugin-api';
import type { DeviceEntry } from '../devices/device-entry.js';
import type { PendingCall } from './pending-call.js';

/** Whether a session of the device can take a call now. */
export function canTakeCalls(entry: DeviceEntry): boolean {
  for (const session of entry.sessions) {
    if (session.takesCalls) return true;
  }
  return false;
}

/** Whether a session of the device listens, if perhaps not at this moment. */
export function hasListener(entry: DeviceEntry | undefined): boolean {
  if (entry === undefined) return false;
  for (const session of entry.sessions) {
    if (session.listening) return true;
  }
  return false;
}

/**
 * Offers a call to every session of its target that can take it, once to each.
 * `false`: nobody took it and it goes on waiting. `true`: it is handed over, in doubt, or settled.
 */
export function handOver(call: PendingCall, entry: DeviceEntry): boolean {
  let isTooLarge = false;
  let isBusy = false;
  // A target may reply before the hand-over returns: the reply must find the call handed over.
  call.handed = true;
  for (const session of entry.sessions.length === 1 ? entry.sessions : [...entry.sessions]) {
    if (!session.listening) continue;
    const delivery = session.offer(call);
    if (delivery === 'handed') call.confirmed = true;
    else if (delivery === 'unconfirmed') (call.doubtful ??= new Set()).add(session);
    else if (delivery === 'busy') isBusy = true;
    else isTooLarge = true;
  }
  if (call.confirmed) {
    call.forgetBody();
    if (call.oneway) call.settle(JsonText.NULL);
    return true;
  }
  if (call.outcome !== undefined || call.doubtful !== undefined) return true;
  call.handed = false;
  if (isTooLarge && !isBusy) call.settle(new RpcError('MESSAGE_TOO_LARGE'));
  return call.outcome !== undefined;
}
