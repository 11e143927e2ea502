import { describe, expect, test } from '@jest/globals';
import { encode, uint } from '../spec-support/packet.js';
import { IncomingMessage } from './incoming-message.js';

function read(bytes: Uint8Array): IncomingMessage {
  const message = IncomingMessage.read(bytes);
  if (message === undefined) throw new Error('The datagram was ignored');
  return message;
}

function hex(text: string): Buffer {
  return Buffer.from(text.replaceAll(' ', ''), 'hex');
}

describe('a datagram', () => {
  test('is read as coap-packet writes it', () => {
    const message = read(
      encode({
        code: 'POST',
        id: 0xfedc,
        token: '12345678',
        path: `api/v1/${'t'.repeat(20)}/rpc`,
        observe: 0x010203,
        accept: 50,
        block1: [5, true, 2],
        block2: [0x12345, false, 6],
        size1: 0x01020304,
        requestTag: 'tag',
        payload: '{}',
      }),
    );
    expect(message).toMatchObject({
      type: 0,
      code: 2,
      messageId: 0xfedc,
      isMalformed: false,
      isConfirmable: true,
      hasBadOption: false,
      hasProxyOption: false,
      observe: 0x010203,
      accept: 50,
      block1: (5 << 4) | 8 | 2,
      block2: (0x12345 << 4) | 6,
      size1: 0x01020304,
      requestTag: '#tag',
      segmentCount: 4,
      tokenKey: '12345678',
    });
    expect(message.token).toEqual(Buffer.from('12345678'));
    expect(message.payload).toEqual(Buffer.from('{}'));
    expect([0, 1, 2, 3].map((index) => message.segment(index))).toEqual(['api', 'v1', 't'.repeat(20), 'rpc']);
  });

  test('may be any view of bytes', () => {
    const bytes = Uint8Array.of(0, ...encode({ code: 'GET', id: 7, path: 'a' })).subarray(1);
    expect(read(bytes)).toMatchObject({ messageId: 7, segmentCount: 1 });
  });

  test.each([
    ['nothing', ''],
    ['less than a header', '400100'],
    ['version 0', '00010001'],
    ['version 2', '80010001'],
    ['version 3', 'c0010001'],
  ])('of %s is ignored', (_, bytes) => {
    expect(IncomingMessage.read(hex(bytes))).toBeUndefined();
  });

  test.each([
    ['a token longer than 8 bytes', '49 01 0001 010203040506070809'],
    ['token length 15', '4f 01 0001 010203040506070809'],
    ['a token that is cut off', '44 01 0001 0102'],
    ['an empty message with a token', '41 00 0001 01'],
    ['an empty message with a payload', '40 00 0001 ff 01'],
    ['option delta 15', '40 01 0001 f1 00'],
    ['option length 15', '40 01 0001 1f 00'],
    ['an option that is cut off', '40 01 0001 b4 616263'],
    ['an extended delta that is cut off', '40 01 0001 d0'],
    ['an extended length that is cut off', '40 01 0001 be 01'],
    ['a long extended delta that is cut off', '40 01 0001 e0 00'],
    ['an option number over 65535', '40 01 0001 e0 fff0'],
    ['a payload marker without a payload', '40 01 0001 ff'],
  ])('with %s is malformed', (_, bytes) => {
    expect(read(hex(bytes)).isMalformed).toBe(true);
  });

  test.each([
    ['an unknown critical option', [9, Buffer.alloc(1)]],
    ['If-Match', [1, Buffer.alloc(1)]],
    ['a segment of 256 bytes', [11, Buffer.alloc(256, 97)]],
    ['an Accept of 3 bytes', [17, Buffer.alloc(3, 1)]],
    ['a Block1 of 4 bytes', [27, Buffer.alloc(4, 1)]],
    ['a Block2 of 4 bytes', [23, Buffer.alloc(4, 1)]],
    ['an empty Uri-Host', [3, Buffer.alloc(0)]],
    ['a Uri-Port of 3 bytes', [7, Buffer.alloc(3, 1)]],
    ['a query of 256 bytes', [15, Buffer.alloc(256, 97)]],
  ] as const)('with %s has a bad option', (_, option) => {
    const message = read(encode({ code: 'GET', others: [option] }));
    expect(message).toMatchObject({ isMalformed: false, hasBadOption: true });
  });

  test.each([3, 7, 17, 23, 27])('with critical option %i twice has a bad option', (number) => {
    const option = [number, uint(1)] as const;
    expect(read(encode({ code: 'GET', others: [option, option] })).hasBadOption).toBe(true);
  });

  test.each([
    ['an unknown elective option', [2_048, Buffer.alloc(300, 1)]],
    ['an Observe of 4 bytes', [6, Buffer.alloc(4, 1)]],
    ['a Size1 of 5 bytes', [60, Buffer.alloc(5, 1)]],
    ['a host, which makes no difference', [3, Buffer.from('example.org')]],
    ['a query, which makes no difference', [15, Buffer.from('a=b')]],
  ] as const)('with %s is read without it', (_, option) => {
    const message = read(encode({ code: 'GET', others: [option] }));
    expect(message).toMatchObject({ isMalformed: false, hasBadOption: false, observe: -1, size1: -1 });
  });

  test('with Proxy-Uri or Proxy-Scheme wants a proxy', () => {
    for (const number of [35, 39]) {
      expect(read(encode({ code: 'GET', others: [[number, Buffer.from('coap')]] })).hasProxyOption).toBe(true);
    }
  });

  test('takes numbers with leading zero bytes', () => {
    expect(read(encode({ code: 'GET', others: [[17, Uint8Array.of(0, 50)]] })).accept).toBe(50);
  });

  test('counts segments beyond those that it remembers', () => {
    expect(read(encode({ code: 'GET', path: 'a/b/c/d/e/f/g/h' })).segmentCount).toBe(8);
  });
});
