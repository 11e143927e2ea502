import 'reflect-metadata';
import { IsInt, Max, Min } from 'class-validator';
import { NotAbove } from './not-above.js';

/** The longest timer that Node.js has, about 24.8 days. */
const LONGEST_TIMEOUT_MS = 2_147_483_647;

/** Settings of the Device Messaging Plugin; members and defaults are those of ThingsBoard 1.x. */
export class DeviceMessagingConfiguration {
  /** At most this many devices in one answer of getDevices. */
  @IsInt()
  @Min(0)
  @Max(1024)
  readonly maxDeviceCountPerCustomer: number = 1024;

  /** Ms that a message has when its sender names no timeout. */
  @IsInt()
  @Min(1)
  @Max(LONGEST_TIMEOUT_MS)
  @NotAbove('maxTimeout')
  readonly defaultTimeout: number = 20_000;

  /** Ms: the largest timeout that a sender may name. */
  @IsInt()
  @Min(1)
  @Max(LONGEST_TIMEOUT_MS)
  readonly maxTimeout: number = 60_000;
}
