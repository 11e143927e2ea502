import { describe, expect, test } from '@jest/globals';
import { DEFAULT_COAP_LIMITS, readLimits, type CoapLimits } from './coap-limits.js';
import { CoapTransport } from './coap-transport.js';

describe('CoAP limits', () => {
  test('are the defaults when none are given', () => {
    expect(readLimits()).toEqual(DEFAULT_COAP_LIMITS);
    expect(readLimits({ maxObservers: 5 })).toEqual({ ...DEFAULT_COAP_LIMITS, maxObservers: 5 });
  });

  test('are within their own ranges by default', () => {
    expect(readLimits(DEFAULT_COAP_LIMITS)).toEqual(DEFAULT_COAP_LIMITS);
  });

  test.each<[object, string]>([
    [{ maxObservers: 0 }, 'CoAP limit maxObservers is 0; it must be a whole number from 1 to 10000000'],
    [{ ackDelayMs: 2_000 }, 'CoAP limit ackDelayMs is 2000; it must be a whole number from 1 to 1999'],
    [{ observerIdleMs: 1_000.5 }, 'CoAP limit observerIdleMs is 1000.5'],
    [{ maxBodyBytes: '1000' }, 'CoAP limit maxBodyBytes is 1000; it must be a whole number'],
    [{ maxObserver: 3 }, 'CoAP limit "maxObserver" is unknown; known are maxBodyBytes'],
    [{ constructor: 3 }, 'CoAP limit "constructor" is unknown'],
  ])('are refused by name: %j', (limits, message) => {
    expect(() => new CoapTransport(limits as Partial<CoapLimits>)).toThrow(RangeError);
    expect(() => new CoapTransport(limits as Partial<CoapLimits>)).toThrow(message);
  });
});
