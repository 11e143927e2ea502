import { MAX_TIMER_MS } from '@device-messaging/host-api';
import { IsIntegerFrom } from './value-rules.js';

/** How long events are kept. */
export class RetentionSettings {
  /** Events that are older, in days, are removed. */
  @IsIntegerFrom(1, 36_500)
  eventDays = 90;

  /** Of each tenant and each type of events; the oldest go first. */
  @IsIntegerFrom(1, 1_000_000_000)
  maxEventsPerTenantAndType = 100_000;

  /** Ms between two looks for what is to be removed; logins that are over go with it. */
  @IsIntegerFrom(1_000, MAX_TIMER_MS)
  periodMs = 600_000;
}
