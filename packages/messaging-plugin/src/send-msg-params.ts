import 'reflect-metadata';
import { Coerce, IsJson, JsonText } from '@device-messaging/plugin-api';
import { IsBoolean, IsIn, IsInt } from 'class-validator';
import { IfPresent } from './if-present.js';
import { IsDeviceId } from './is-device-id.js';

const INTEGER = /^[+-]?[0-9]+$/;

/** Params of sendMsg. */
export class SendMsgParams {
  /** The target, in any case. */
  @IsDeviceId()
  readonly deviceId!: string;

  /** What the target gets as the params of onMsg, verbatim. */
  @IsJson()
  readonly body: JsonText = JsonText.NULL;

  /** Ms until the answer is due; the configured default when absent. ThingsBoard took the text `"2000"` as well. */
  @IfPresent()
  @Coerce((value) => (typeof value === 'string' && INTEGER.test(value) ? Number(value) : value))
  @IsInt({ message: 'timeout must be an integer (milliseconds)' })
  readonly timeout: number | undefined;

  /** `true`: the answer is `null`, once the message was handed over. ThingsBoard took the texts as well. */
  @Coerce((value) => (value === 'true' ? true : value === 'false' ? false : value))
  @IsBoolean({ message: 'oneway must be true or false' })
  readonly oneway: boolean = false;

  /** What to do while the target does not listen: hold the message until the deadline, or answer at once. */
  @IsIn(['wait', 'fail'], { message: 'offline must be "wait" or "fail"' })
  readonly offline: 'wait' | 'fail' = 'wait';
}
