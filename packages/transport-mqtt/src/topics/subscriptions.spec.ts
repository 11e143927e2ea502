import { describe, expect, test } from '@jest/globals';
import { ATTRIBUTES_RESPONSE_PREFIX, RESPONSE_PREFIX } from './device-topic.js';
import { Subscriptions } from './subscriptions.js';

function subscriptions(filters: Record<string, 0 | 1>): Subscriptions {
  const result = new Subscriptions();
  for (const [filter, qos] of Object.entries(filters)) result.add(filter, qos);
  return result;
}

describe('Subscriptions', () => {
  test.each([
    [{ 'v1/devices/me/rpc/request/+': 1 as const }, 1],
    [{ 'v1/devices/me/rpc/request/#': 0 as const }, 0],
    [{ 'v1/devices/me/rpc/request/+/#': 0 as const }, 0],
    [{ '#': 0 as const, '+/+/me/rpc/+/+': 1 as const }, 1],
    [{ '#': 1 as const, '+/+/me/rpc/+/+': 0 as const }, 1],
    [{ 'v1/devices/me/rpc/request/5': 1 as const }, undefined],
    [{ 'v1/devices/me/rpc/response/+': 1 as const }, undefined],
    [{}, undefined],
  ])('MQTT-30, MQTT-34: %j listens for calls at QoS %s', (filters, qos) => {
    expect(subscriptions(filters as Record<string, 0 | 1>).callQos()).toBe(qos);
  });

  test('MQTT-35: an answer is sent at the highest QoS of the filters that match its topic', () => {
    const some = subscriptions({
      'v1/devices/me/rpc/response/+': 0,
      'v1/devices/me/rpc/response/7': 1,
      'v1/devices/me/attributes/response/7': 0,
    });
    expect(some.qosOf(RESPONSE_PREFIX, '7')).toBe(1);
    expect(some.qosOf(RESPONSE_PREFIX, '8')).toBe(0);
    expect(some.qosOf(ATTRIBUTES_RESPONSE_PREFIX, '7')).toBe(0);
    expect(some.qosOf(ATTRIBUTES_RESPONSE_PREFIX, '8')).toBeUndefined();
    expect(subscriptions({ '#': 1 }).qosOf(ATTRIBUTES_RESPONSE_PREFIX, '8')).toBe(1);
  });

  test('MQTT-31: the last filter that goes ends listening', () => {
    const some = subscriptions({ 'v1/devices/me/rpc/request/+': 1, '#': 0 });
    expect(some.remove('v1/devices/me/rpc/request/+')).toBe(true);
    expect(some.callQos()).toBe(0);
    expect(some.remove('#')).toBe(true);
    expect(some.remove('#')).toBe(false);
    expect(some.callQos()).toBeUndefined();
    expect(some.size).toBe(0);
  });
});
