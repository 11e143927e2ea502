import { describe, expect, test } from '@jest/globals';
import { generate, type Packet } from 'mqtt-packet';
import type { Frame } from './frame-splitter.js';
import { PacketReader } from './packet-reader.js';
import { ProtocolViolation } from './protocol-violation.js';
import { readAcknowledgement } from './read-acknowledgement.js';
import { readConnect, readProtocolVersion } from './read-connect.js';
import { readPublish } from './read-publish.js';
import { readSubscribe, readUnsubscribe } from './read-subscribe.js';
import { NO_PROPERTIES, PUBLISH_PROPERTIES, readProperties } from './properties.js';

/** A reader at the body of a packet that an independent codec wrote. The packets here have one length byte. */
function bodyOf(packet: Packet, protocolVersion: number): PacketReader {
  const bytes = generate(packet, { protocolVersion });
  return new PacketReader(bytes, bytes[1]! < 0x80 ? 2 : 3, bytes.length);
}

function reader(...bytes: number[]): PacketReader {
  return new PacketReader(Buffer.from(bytes), 0, bytes.length);
}

function frame(firstByte: number, body: Buffer, isBorrowed = false): Frame {
  return { firstByte, buffer: body, start: 0, end: body.length, isBorrowed };
}

function codeOf(read: () => unknown): number {
  try {
    read();
  } catch (error) {
    if (error instanceof ProtocolViolation) return error.reasonCode;
    throw error;
  }
  return 0;
}

describe('packets that an independent codec writes', () => {
  test.each([3, 4, 5] as const)('CONNECT of MQTT level %i', (protocolVersion) => {
    const body = bodyOf(
      {
        cmd: 'connect',
        protocolId: protocolVersion === 3 ? 'MQIsdp' : 'MQTT',
        protocolVersion,
        clientId: 'çlient',
        clean: false,
        keepalive: 300,
        username: 'tökén',
        password: Buffer.from([0xff, 0]),
        will: {
          topic: 'w',
          payload: Buffer.from([0xff]),
          qos: 1,
          retain: true,
          ...(protocolVersion === 5 ? { properties: { willDelayInterval: 3, contentType: 'x' } } : {}),
        },
        ...(protocolVersion === 5
          ? {
              properties: {
                receiveMaximum: 7,
                maximumPacketSize: 99,
                sessionExpiryInterval: 1,
                userProperties: { a: 'b' },
              },
            }
          : {}),
      },
      protocolVersion,
    );
    expect(readProtocolVersion(body)).toBe(protocolVersion);
    expect(readConnect(body, protocolVersion)).toMatchObject({
      clientId: 'çlient',
      cleanSession: false,
      keepAlive: 300,
      userName: 'tökén',
      willRetain: true,
      properties: protocolVersion === 5 ? { receiveMaximum: 7, maximumPacketSize: 99 } : {},
    });
  });

  test.each([
    ['of its own', false],
    ['that is used again', true],
  ])(
    'PUBLISH with all properties, in memory %s; correlation data and user properties stay bytes',
    (_name, isBorrowed) => {
      const bytes = generate(
        {
          cmd: 'publish',
          topic: 't',
          qos: 1,
          dup: true,
          retain: false,
          messageId: 513,
          payload: Buffer.from([1, 2]),
          properties: {
            payloadFormatIndicator: true,
            messageExpiryInterval: 9,
            userProperties: { b: ['1', '2'] },
            responseTopic: 'r',
            correlationData: Buffer.from([5]),
            contentType: 'c',
          },
        },
        { protocolVersion: 5 },
      );
      const message = readPublish(frame(bytes[0]!, bytes.subarray(2), isBorrowed), 5);
      if (isBorrowed) bytes.fill(0xff);
      expect(message).toMatchObject({ qos: 1, packetId: 513, retain: false });
      expect(message.payload).toEqual(Buffer.from([1, 2]));
      expect(message.properties.messageExpiry).toBe(9);
      expect(message.properties.correlationData).toEqual(Buffer.from([0x09, 0, 1, 5]));
      expect(message.properties.userProperties).toEqual(Buffer.from('\x26\0\x01b\0\x011\x26\0\x01b\0\x012'));
    },
  );

  test.each([3, 4, 5] as const)('SUBSCRIBE and UNSUBSCRIBE of MQTT level %i', (version) => {
    const subscriptions = [
      { topic: 'a/+', qos: 1 as const },
      { topic: 'ü', qos: 2 as const },
    ];
    const subscribing = bodyOf({ cmd: 'subscribe', messageId: 3, subscriptions }, version);
    expect(readSubscribe(subscribing, version)).toEqual({
      packetId: 3,
      requests: [
        { filter: 'a/+', qos: 1 },
        { filter: 'ü', qos: 2 },
      ],
    });
    const unsubscribing = bodyOf({ cmd: 'unsubscribe', messageId: 4, unsubscriptions: ['a/+', 'b'] }, version);
    expect(readUnsubscribe(unsubscribing, version)).toEqual({ packetId: 4, filters: ['a/+', 'b'] });
  });

  test('PUBACK with and without code and properties', () => {
    expect(readAcknowledgement(bodyOf({ cmd: 'puback', messageId: 9 }, 4), 4, 4)).toBe(9);
    expect(readAcknowledgement(bodyOf({ cmd: 'puback', messageId: 9, reasonCode: 0x80 }, 5), 4, 5)).toBe(9);
    const withReason = bodyOf({ cmd: 'puback', messageId: 9, reasonCode: 0, properties: { reasonString: 'x' } }, 5);
    expect(readAcknowledgement(withReason, 4, 5)).toBe(9);
  });
});

describe('MQTT-44: fields that MQTT forbids', () => {
  test.each([
    ['invalid UTF-8', [0, 1, 0xff]],
    ['a UTF-8 encoded surrogate', [0, 3, 0xed, 0xa0, 0x80]],
    ['an overlong encoding', [0, 2, 0xc0, 0x80]],
    ['U+0000', [0, 1, 0]],
    ['a length beyond the packet', [0, 2, 0x61]],
    ['half a length', [0]],
  ])('a string: %s', (_name, bytes) => {
    expect(codeOf(() => reader(...bytes).text())).toBe(0x81);
  });

  test('a packet identifier of 0', () => {
    expect(codeOf(() => reader(0, 0).packetId())).toBe(0x82);
  });

  test.each([
    [[0x80, 0x80, 0x80, 0x80], 0x81],
    [[0x80], 0x81],
  ])('a variable byte integer %j', (bytes, code) => {
    expect(codeOf(() => reader(...bytes).variableInteger())).toBe(code);
  });

  test.each([
    ['longer than the packet', [5, 1, 0], 0x81],
    ['ending inside one', [1, 1], 0x81],
    ['of another packet', [3, 0x21, 0, 1], 0x81],
    ['unknown', [2, 0x7f, 0], 0x81],
    ['twice, the first being 0', [4, 1, 0, 1, 0], 0x82],
    ['a flag of 2', [2, 1, 2], 0x82],
    ['a topic alias', [3, 0x23, 0, 1], 0x94],
    ['a response topic with a wildcard', [4, 8, 0, 1, 0x23], 0x82],
    ['a user property without a value', [4, 0x26, 0, 1, 0x61], 0x81],
    ['a subscription identifier', [2, 0x0b, 1], 0x81],
  ])('properties: %s', (_name, bytes, code) => {
    expect(codeOf(() => readProperties(reader(...bytes), PUBLISH_PROPERTIES))).toBe(code);
  });

  test('no properties cost no object', () => {
    expect(readProperties(reader(0), PUBLISH_PROPERTIES)).toBe(NO_PROPERTIES);
  });

  test('user properties on both sides of another are kept', () => {
    const user = [0x26, 0, 1, 0x61, 0, 0];
    const properties = readProperties(reader(14, ...user, 1, 1, ...user), PUBLISH_PROPERTIES);
    expect(properties.userProperties).toEqual(Buffer.from([...user, ...user]));
  });

  test.each([
    ['QoS 3', 0b0110, [0, 1, 0x61, 0, 1], 0x81],
    ['DUP with QoS 0', 0b1000, [0, 1, 0x61], 0x81],
    ['a topic beyond the packet', 0, [0, 9, 0x61], 0x81],
    ['packet identifier 0', 0b0010, [0, 1, 0x61, 0, 0], 0x82],
    ['no packet identifier', 0b0010, [0, 1, 0x61], 0x81],
  ])('PUBLISH with %s', (_name, flags, bytes, code) => {
    expect(codeOf(() => readPublish(frame(flags, Buffer.from(bytes)), 4))).toBe(code);
  });

  test.each([
    ['no filter', [0, 1], 4, 0x82],
    ['QoS 3', [0, 1, 0, 1, 0x61, 3], 4, 0x81],
    ['reserved bits', [0, 1, 0, 1, 0x61, 4], 4, 0x81],
    ['no options', [0, 1, 0, 1, 0x61], 4, 0x81],
    ['reserved bits of MQTT 5', [0, 1, 0, 0, 1, 0x61, 0x40], 5, 0x81],
    ['retain handling 3', [0, 1, 0, 0, 1, 0x61, 0x30], 5, 0x82],
    ['a subscription identifier', [0, 1, 2, 0x0b, 1, 0, 1, 0x61, 0], 5, 0xa1],
  ] as const)('SUBSCRIBE with %s', (_name, bytes, version, code) => {
    expect(codeOf(() => readSubscribe(reader(...bytes), version))).toBe(code);
  });

  test.each([
    ['bytes behind it', [0, 1, 0], 4, 0x81],
    ['a code of another packet', [0, 1, 0x8e], 5, 0x82],
    ['bytes behind its properties', [0, 1, 0, 0, 0], 5, 0x81],
  ] as const)('PUBACK with %s', (_name, bytes, version, code) => {
    expect(codeOf(() => readAcknowledgement(reader(...bytes), 4, version))).toBe(code);
  });
});

describe('CONNECT', () => {
  const CLIENT = [0, 1, 0x61];

  test.each([
    ['the reserved flag', 0x01, CLIENT, 4, 0x81],
    ['will QoS without will', 0x08, CLIENT, 4, 0x81],
    ['will retain without will', 0x20, CLIENT, 4, 0x81],
    ['will QoS 3', 0x1c, [...CLIENT, 0, 1, 0x61, 0, 0], 4, 0x81],
    ['a password without user name', 0x40, [...CLIENT, 0, 0], 4, 0x81],
    ['a missing user name', 0x80, CLIENT, 4, 0x81],
    ['bytes behind it', 0, [...CLIENT, 0], 4, 0x81],
    ['receive maximum 0', 0, [3, 0x21, 0, 0, ...CLIENT], 5, 0x82],
    ['maximum packet size 0', 0, [5, 0x27, 0, 0, 0, 0, ...CLIENT], 5, 0x82],
    ['authentication data alone', 0, [3, 0x16, 0, 0, ...CLIENT], 5, 0x82],
  ] as const)('MQTT-44: %s', (_name, flags, rest, version, code) => {
    expect(codeOf(() => readConnect(reader(flags, 0, 0, ...rest), version))).toBe(code);
  });

  test('MQTT-45: what MQTT 3.1 calls unused is ignored, and user name and password may be missing', () => {
    expect(readConnect(reader(0xc1 | 0x28, 0, 0, ...CLIENT), 3)).toMatchObject({ clientId: 'a', userName: undefined });
  });

  test('in MQTT 5 a password may come alone', () => {
    expect(readConnect(reader(0x40, 0, 0, 0, ...CLIENT, 0, 0), 5)).toMatchObject({ userName: undefined });
  });

  test.each([
    ['MQTT', 3],
    ['MQTT', 6],
    ['MQTT', 0x84],
    ['MQIsdp', 4],
  ])('%s level %i is a version that is not spoken', (name, level) => {
    expect(readProtocolVersion(reader(0, name.length, ...Buffer.from(name), level))).toBeUndefined();
  });

  test('another protocol name is no MQTT', () => {
    expect(codeOf(() => readProtocolVersion(reader(0, 4, ...Buffer.from('HTTP'), 4)))).toBe(0x82);
  });
});
