import { ReasonCode } from '../codec/reason-code.js';

/** Why a CONNECT is refused, in the codes of both generations of MQTT. */
export interface Refusal {
  /** MQTT 3.1 and 3.1.1 return code. */
  readonly returnCode: number;
  /** MQTT 5 reason code. */
  readonly reasonCode: number;
  readonly reason: string;
}

export const Refusal = {
  /** MQTT of another version: there is no telling how it would read MQTT 5's form. */
  UNKNOWN_VERSION: 1,
  CLIENT_ID: {
    returnCode: 2,
    reasonCode: ReasonCode.CLIENT_ID_NOT_VALID,
    reason:
      'the client id is not allowed: MQTT 3.1 wants 1 to 23 characters, MQTT 3.1.1 a clean session with an empty one',
  },
  UNAVAILABLE: { returnCode: 3, reasonCode: ReasonCode.SERVER_UNAVAILABLE, reason: 'try again later' },
  OVER_QUOTA: {
    returnCode: 3,
    reasonCode: ReasonCode.QUOTA_EXCEEDED,
    reason: 'as many connections are open as the quota allows: try again later',
  },
  NO_USER_NAME: {
    returnCode: 4,
    reasonCode: ReasonCode.BAD_USER_NAME,
    reason: 'the user name must be the access token of a device',
  },
  UNKNOWN_TOKEN: { returnCode: 5, reasonCode: ReasonCode.NOT_AUTHORIZED, reason: 'no device has these credentials' },
  AUTHENTICATION_METHOD: {
    returnCode: 5,
    reasonCode: ReasonCode.BAD_AUTHENTICATION_METHOD,
    reason: 'enhanced authentication is not supported: send the access token as user name',
  },
  WILL_RETAIN: {
    returnCode: 5,
    reasonCode: ReasonCode.RETAIN_NOT_SUPPORTED,
    reason: 'nothing is retained here: will retain must be 0',
  },
} as const;
