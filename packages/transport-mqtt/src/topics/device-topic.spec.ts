import { describe, expect, test } from '@jest/globals';
import { ProtocolViolation } from '../codec/protocol-violation.js';
import { readDeviceTopic, readTopicId } from './device-topic.js';

function read(topic: string | Buffer): string {
  const padded = Buffer.concat([Buffer.from('0v'), Buffer.from(topic), Buffer.from('9')]);
  return readDeviceTopic(padded, 2, padded.length - 1);
}

describe('readDeviceTopic', () => {
  test.each([
    ['v1/devices/me/rpc/request/1', 'request'],
    ['v1/devices/me/rpc/request/0000000000000000001', 'request'],
    ['v1/devices/me/rpc/response/2147483647', 'reply'],
    ['v1/devices/me/telemetry', 'telemetry'],
    ['v1/devices/me/attributes', 'attributes'],
    ['v1/devices/me/attributes/request/5', 'attributes-request'],
    ['v1/devices/me/rpc/request/', 'bad-id'],
    ['v1/devices/me/rpc/request/-1', 'bad-id'],
    ['v1/devices/me/rpc/request/1a', 'bad-id'],
    ['v1/devices/me/rpc/request/12345678901234567890', 'bad-id'],
    ['v1/devices/me/rpc/request/1/2', 'bad-id'],
    ['v1/devices/me/rpc/response/x', 'bad-id'],
    ['v1/devices/me/rpc/', 'bad-id'],
    ['v1/devices/me/telemetry/', 'other'],
    ['v1/devices/me/attributes/request/x', 'other'],
    ['v1/devices/me/ü', 'other'],
    ['v1/devices/me/', 'other'],
  ])('%s: %s', (topic, kind) => expect(read(topic)).toBe(kind));

  test.each([
    ['v1/devices/me', 0x90],
    ['v2/devices/me/telemetry', 0x90],
    ['/v1/devices/me/telemetry', 0x90],
    ['v1/devices/me/+', 0x90],
    ['v1/devices/me/rpc/request/#', 0x90],
    ['', 0x82],
    [Buffer.from('v1/devices/me/\xff', 'latin1'), 0x81],
    ['v1/devices/me/\0', 0x81],
  ])('MQTT-20: %j is refused', (topic, code) => {
    expect(() => read(topic)).toThrow(ProtocolViolation);
    expect(() => read(topic)).toThrow(expect.objectContaining({ reasonCode: code }));
  });

  test('MQTT-14: an id stays as it was written', () => {
    const topic = Buffer.from('v1/devices/me/rpc/request/007');
    expect(readTopicId('request', topic, 0, topic.length)).toBe('007');
  });
});
