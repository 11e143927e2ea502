/** Bounds of a host. Times in ms. */
export interface HostLimits {
  /** Messages that may wait for one device. */
  readonly maxWaitingPerDevice: number;
  /** A handler's own time for one call; waiting for a device does not count. */
  readonly pluginTimeoutMs: number;
  /** Time for every other piece of foreign code: lifecycle hooks, filters, policies, registry lookups. */
  readonly hookTimeoutMs: number;
  /** How long a stopping host waits for the calls in flight. */
  readonly drainTimeoutMs: number;
  /** A plugin instance, and what is compiled of a tenant's rules, is let go after this long without a message. */
  readonly idleTimeoutMs: number;
  /** A failed plugin instance is tried again after this long; the pause doubles up to `maxRetryDelayMs`. */
  readonly minRetryDelayMs: number;
  readonly maxRetryDelayMs: number;
}

export const DEFAULT_HOST_LIMITS: HostLimits = {
  maxWaitingPerDevice: 1000,
  pluginTimeoutMs: 10_000,
  hookTimeoutMs: 10_000,
  drainTimeoutMs: 10_000,
  idleTimeoutMs: 600_000,
  minRetryDelayMs: 1_000,
  maxRetryDelayMs: 60_000,
};

export const HostLimits: unique symbol = Symbol.for('device-messaging:HostLimits');
