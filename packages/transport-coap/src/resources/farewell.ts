import type { SessionCloseReason } from '@device-messaging/host-api';
import { Code } from '../codec/code.js';
import type { Response } from '../codec/response.js';
import { refusal, tryLater } from './responses.js';

/** What a device is told when its host closes the session. */
export function farewell(reason: SessionCloseReason): Response {
  switch (reason) {
    case 'CREDENTIALS_REVOKED':
      return refusal(Code.UNAUTHORIZED, "The device's credentials are not valid any more");
    case 'DEVICE_DELETED':
      return refusal(Code.UNAUTHORIZED, 'The device does not exist any more');
    case 'TAKEN_OVER':
    case 'HOST_STOPPING':
      return tryLater(Code.SERVICE_UNAVAILABLE, 'The server stops');
  }
}
