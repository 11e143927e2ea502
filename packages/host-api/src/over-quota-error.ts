import type { Quotas, QuotaSubject } from './registry/quotas.js';

/**
 * A quota allows no more: what `TransportHost.connect` rejects with when device, customer or tenant has as many
 * sessions as it may. Nothing is wrong with the credentials; the device may try again later (MQTT 5 0x97, MQTT 3 return
 * code 3, HTTP 429, CoAP 4.29).
 */
export class OverQuotaError extends Error {
  override readonly name = 'OverQuotaError';

  constructor(
    /** Whose quota it is. */
    readonly subject: QuotaSubject,
    readonly quota: keyof Quotas,
  ) {
    super(`The ${subject.kind} ${subject.id} has as many ${quota} as its quota allows`);
  }
}
