import { isDeepStrictEqual } from 'node:util';
import type { Quotas, QuotaSubject } from './quotas.js';
import { RegistryError, type QuotasExpectation } from './registry-admin.js';
import { invalid } from './registry-refusals.js';

type Member = keyof Quotas;

const COUNTS: readonly Member[] = ['messagesInFlight', 'waitingMessages', 'connections', 'devices'];
const MEMBERS: readonly Member[] = ['messagesPerSecond', ...COUNTS];

/** Quotas as they are kept: checked, copied, frozen, without members that are unlimited. */
export function quotasRow(kind: QuotaSubject['kind'], given: Quotas): Quotas {
  const quotas: { -readonly [name in Member]?: number } = {};
  for (const name of MEMBERS) {
    const value = given[name];
    if (value !== undefined) quotas[name] = checkedQuota(name, value);
  }
  if (kind === 'device' && quotas.devices !== undefined) throw invalid('A device has no devices: leave that quota out');
  return Object.freeze(quotas);
}

/** Refuses to replace quotas that were put since the caller read them. */
export function expectQuotas({ kind, id }: QuotaSubject, known: Quotas, expected: QuotasExpectation | undefined): void {
  const quotas = expected?.ifQuotas;
  if (quotas === undefined || isDeepStrictEqual({ ...quotas }, { ...known })) return;
  throw new RegistryError('STALE', `The quotas of the ${kind} ${id} were changed since they were read`);
}

function checkedQuota(name: Member, value: number): number {
  const isCount = COUNTS.includes(name);
  if (value >= 0 && (isCount ? Number.isSafeInteger(value) : Number.isFinite(value))) return value;
  throw invalid(`The quota ${name} must be ${isCount ? 'a whole number' : 'a number'}, 0 or more; it is ${value}`);
}
