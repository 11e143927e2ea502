import { describe, expect, test } from '@jest/globals';
import { DEFAULT_MQTT_LIMITS, readLimits, type MqttLimits } from './mqtt-limits.js';
import { MqttTransport } from './mqtt-transport.js';

describe('MQTT limits', () => {
  test('are the defaults when none are given', () => {
    expect(readLimits()).toEqual(DEFAULT_MQTT_LIMITS);
    expect(readLimits({ maxInFlight: 5 })).toEqual({ ...DEFAULT_MQTT_LIMITS, maxInFlight: 5 });
  });

  test.each<[object, string]>([
    [{ maxInFlight: 0 }, 'MQTT limit maxInFlight is 0; it must be a whole number from 1 to 1000000'],
    [{ receiveMaximum: 65_536 }, 'MQTT limit receiveMaximum is 65536; it must be a whole number from 1 to 65535'],
    [{ lingerMs: 1.5 }, 'MQTT limit lingerMs is 1.5'],
    [{ maxPacketBytes: '1000' }, 'MQTT limit maxPacketBytes is 1000; it must be a whole number'],
    [{ maxPackets: 3 }, 'MQTT limit "maxPackets" is unknown; known are maxPacketBytes'],
    [{ constructor: 3 }, 'MQTT limit "constructor" is unknown'],
  ])('are refused by name: %j', (limits, message) => {
    expect(() => new MqttTransport(limits as Partial<MqttLimits>)).toThrow(RangeError);
    expect(() => new MqttTransport(limits as Partial<MqttLimits>)).toThrow(message);
  });
});
