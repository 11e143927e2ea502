import { MAX_TIMER_MS } from '@device-messaging/host-api';
import { DEFAULT_HOST_LIMITS, type HostLimits } from '@device-messaging/host-runtime';
import { IsIntegerFrom } from './value-rules.js';

/** Bounds of the host; each member is explained at {@link HostLimits}. */
export class HostSettings implements HostLimits {
  @IsIntegerFrom(1, 1_000_000)
  maxWaitingPerDevice = DEFAULT_HOST_LIMITS.maxWaitingPerDevice;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  pluginTimeoutMs = DEFAULT_HOST_LIMITS.pluginTimeoutMs;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  hookTimeoutMs = DEFAULT_HOST_LIMITS.hookTimeoutMs;

  @IsIntegerFrom(0, 3_600_000)
  drainTimeoutMs = DEFAULT_HOST_LIMITS.drainTimeoutMs;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  idleTimeoutMs = DEFAULT_HOST_LIMITS.idleTimeoutMs;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  minRetryDelayMs = DEFAULT_HOST_LIMITS.minRetryDelayMs;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  maxRetryDelayMs = DEFAULT_HOST_LIMITS.maxRetryDelayMs;
}
