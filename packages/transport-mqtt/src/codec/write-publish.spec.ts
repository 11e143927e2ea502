import { describe, expect, test } from '@jest/globals';
import { parser, type IPublishPacket } from 'mqtt-packet';
import { OutgoingPublish, publishSize, writePublish } from './write-publish.js';

function written(packet: OutgoingPublish, packetId: number): Buffer {
  const chunks: Uint8Array[] = [];
  writePublish({ write: (bytes) => void chunks.push(Uint8Array.from(bytes)) }, packet, packetId);
  return Buffer.concat(chunks);
}

function read(bytes: Buffer, protocolVersion: number): IPublishPacket {
  const packets: IPublishPacket[] = [];
  const reading = parser({ protocolVersion });
  reading.on('packet', (packet) => packets.push(packet as IPublishPacket));
  reading.parse(bytes);
  expect(packets).toHaveLength(1);
  return packets[0]!;
}

describe('writePublish', () => {
  test.each([0, 1, 100, 127, 128, 4000, 4096, 4097, 16_300, 16_384, 100_000, 2_100_000])(
    'an independent codec reads a body of %i bytes back, and its size was known before',
    (length) => {
      for (const version of [3, 4, 5] as const) {
        for (const qos of [0, 1] as const) {
          const packet = Object.assign(new OutgoingPublish(), {
            version,
            qos,
            topicPrefix: Buffer.from('v1/devices/me/rpc/request/'),
            topicId: '2147483647',
            properties: version === 5 ? Buffer.from([0x09, 0, 2, 0xab, 0xcd]) : Buffer.alloc(0),
            payloadHead: Buffer.from('{"params":'),
            payloadBody: Buffer.alloc(length, 0x37),
            payloadTail: Buffer.from('}'),
          });
          const bytes = written(packet, 0xbeef);
          expect(bytes).toHaveLength(publishSize(packet));
          const result = read(bytes, version);
          expect(result).toMatchObject({
            topic: 'v1/devices/me/rpc/request/2147483647',
            qos,
            retain: false,
            dup: false,
          });
          expect(result.payload.toString()).toBe(`{"params":${'7'.repeat(length)}}`);
          if (qos === 1) expect(result.messageId).toBe(0xbeef);
          if (version === 5) expect(result.properties?.correlationData).toEqual(Buffer.from([0xab, 0xcd]));
        }
      }
    },
  );
});
