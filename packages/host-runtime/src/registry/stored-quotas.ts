import {
  expectQuotas,
  quotasRow,
  UNLIMITED,
  type Quotas,
  type QuotasExpectation,
  type QuotaSubject,
} from '@device-messaging/host-api';
import { isDeepStrictEqual } from 'node:util';

/** What was put for tenants, customers and devices; those of whom nothing was said take no room. Knows no rows. */
export class StoredQuotas {
  private readonly quotas: Readonly<Record<QuotaSubject['kind'], Map<string, Quotas>>> = {
    tenant: new Map(),
    customer: new Map(),
    device: new Map(),
  };

  /** Ids are taken in any case, and as they are first: every message may ask. */
  find({ kind, id }: QuotaSubject): Quotas {
    const quotas = this.quotas[kind];
    if (quotas.size === 0) return UNLIMITED;
    return quotas.get(id) ?? quotas.get(id.toLowerCase()) ?? UNLIMITED;
  }

  /** What was put, if anything. The id must be in lower case. */
  get({ kind, id }: QuotaSubject): Quotas | undefined {
    return this.quotas[kind].get(id);
  }

  /** `false`: these quotas hold already. The id must be in lower case. */
  put(subject: QuotaSubject, given: Quotas, expected: QuotasExpectation | undefined): boolean {
    const quotas = quotasRow(subject.kind, given);
    const known = this.find(subject);
    expectQuotas(subject, known, expected);
    if (isDeepStrictEqual(quotas, known)) return false;
    if (Object.keys(quotas).length === 0) this.forget(subject);
    else this.quotas[subject.kind].set(subject.id, quotas);
    return true;
  }

  forget({ kind, id }: QuotaSubject): void {
    this.quotas[kind].delete(id);
  }
}
