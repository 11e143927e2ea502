import { describe, expect, test } from '@jest/globals';
import { decode } from '../spec-support/packet.js';
import { Code } from './code.js';
import { MessageType } from './message-type.js';
import { Representation } from './representation.js';
import { Response } from './response.js';
import { RESPONSE_OVERHEAD, writeEmpty, writeResponse } from './write-message.js';

const TOKEN = Buffer.from('12345678');

describe('a message', () => {
  test('is what coap-packet reads', () => {
    const response = new Response(Code.CONTENT, Representation.ofText('{"a":1}'), 50);
    Object.assign(response, {
      etag: 0x89abcdef,
      observe: 0x123456,
      maxAge: 60,
      block2: (3 << 4) | 8 | 5,
      block1: 6,
      size2: 70_000,
      size1: 262_144,
    });
    const datagram = writeResponse(MessageType.CON, 0xfffe, TOKEN, response, 0, 7);
    expect(decode(datagram)).toEqual({
      type: 'CON',
      code: '2.05',
      id: 0xfffe,
      token: '12345678',
      payload: '{"a":1}',
      format: 50,
      observe: 0x123456,
      maxAge: 60,
      etag: '89abcdef',
      block2: [3, true, 5],
      block1: [0, false, 6],
      size2: 70_000,
      size1: 262_144,
      length: datagram.length,
    });
    expect(datagram.length - 7 - TOKEN.length).toBeLessThanOrEqual(RESPONSE_OVERHEAD);
  });

  test('stays within its overhead whatever its options are', () => {
    const response = new Response(Code.CONTENT, Representation.ofText('x'), 0xffff);
    const block = (0xfffff << 4) | 8 | 6;
    const [uint, observe] = [0xffffffff, 0xffffff];
    Object.assign(response, {
      etag: uint,
      observe,
      maxAge: uint,
      block2: block,
      block1: block,
      size2: uint,
      size1: uint,
    });
    const datagram = writeResponse(MessageType.ACK, 1, TOKEN, response, 0, 1);
    expect(datagram.length - 1 - TOKEN.length).toBeLessThanOrEqual(RESPONSE_OVERHEAD);
    expect(decode(datagram)).toMatchObject({ size1: uint, size2: uint, maxAge: uint, observe });
  });

  test.each([0, 1, 255, 256, 65_535, 65_536, 0xffffff])('writes %i without leading zero bytes', (value) => {
    const response = new Response(Code.CONTENT);
    response.observe = value;
    const datagram = writeResponse(MessageType.NON, 1, Buffer.alloc(0), response, 0, 0);
    expect(decode(datagram).observe).toBe(value);
    const bytes = value === 0 ? 0 : Math.ceil(Math.log2(value + 1) / 8);
    expect(datagram.length).toBe(4 + 1 + bytes);
  });

  test('without token, options and payload has four bytes', () => {
    expect(writeEmpty(MessageType.RST, 0x1234)).toEqual(Buffer.from('70001234', 'hex'));
  });
});

describe('a representation', () => {
  test('is cut into any ranges', () => {
    const whole = new Representation(Buffer.from('body'), Buffer.from('<head>'), Buffer.from('</tail>'));
    const text = '<head>body</tail>';
    expect(whole.length).toBe(text.length);
    for (let from = 0; from <= text.length; from += 1) {
      for (let to = from; to <= text.length; to += 1) {
        const target = Buffer.alloc(to - from + 2, 46);
        whole.copy(target, 1, from, to);
        expect(target.toString()).toBe(`.${text.slice(from, to)}.`);
      }
    }
  });
});
