import type { LimitRanges } from '@device-messaging/host-api';
import { IsIntegerFrom } from './value-rules.js';

/** A group of settings that are the limits of a part: by its defaults, each within its range. */
export function limitsSection<L extends object>(defaults: L, ranges: LimitRanges<L>): new () => L {
  class LimitSettings {
    constructor() {
      Object.assign(this, defaults);
    }
  }
  for (const [limit, [least, most]] of Object.entries<LimitRanges<L>[keyof L]>(ranges)) {
    IsIntegerFrom(least, most)(LimitSettings.prototype, limit);
  }
  return LimitSettings as new () => L;
}
