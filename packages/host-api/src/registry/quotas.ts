/** Whom a quota is about. What holds for a device is the strictest of its own, its customer's and its tenant's. */
export interface QuotaSubject {
  readonly kind: 'tenant' | 'customer' | 'device';
  readonly id: string;
}

/**
 * How much a tenant, a customer or a device may take. An absent member is unlimited. A tenant's and a customer's quotas
 * are shared by all their devices.
 */
export interface Quotas {
  /**
   * Requests, telemetry and attributes of devices, a second, as a token bucket that holds one second's, and one at
   * least. May be a fraction: 0.1 is six a minute. 0: none at all.
   */
  readonly messagesPerSecond?: number;
  /** Requests whose answer is owed. */
  readonly messagesInFlight?: number;
  /** Calls on behalf of the subject's devices that wait for devices that are away. */
  readonly waitingMessages?: number;
  /** Sessions at once; HTTP and CoAP have one for each exchange under way. Those that are open stay when it shrinks. */
  readonly connections?: number;
  /** Devices of a customer; of a tenant: of all its customers and of none. Nothing for a device. */
  readonly devices?: number;
}

/** Nothing is limited. */
export const UNLIMITED: Quotas = Object.freeze({});
