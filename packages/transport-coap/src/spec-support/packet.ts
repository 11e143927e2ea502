import { generate, parse, type ParsedPacket } from 'coap-packet';

export const CON = 'CON';
export const NON = 'NON';
export const ACK = 'ACK';
export const RST = 'RST';

export type TypeName = 'CON' | 'NON' | 'ACK' | 'RST';

/** A message as tests write it. */
export interface Message {
  readonly type?: TypeName;
  /** `GET`, `POST`, or as in the RFC: `2.05`. Absent: an empty message. */
  readonly code?: string;
  readonly id?: number;
  readonly token?: string;
  /** Segments are cut at `/`. */
  readonly path?: string;
  readonly observe?: number;
  readonly accept?: number;
  /** NUM, M, SZX. */
  readonly block1?: Block;
  readonly block2?: Block;
  readonly size1?: number;
  readonly requestTag?: string;
  readonly payload?: string | Uint8Array;
  /** By number. */
  readonly others?: readonly (readonly [number: number, value: Uint8Array])[];
}

export type Block = readonly [num: number, more: boolean, szx: number];

/** A message as tests read it: what is not there is left out. */
export interface Received {
  readonly type: TypeName;
  readonly code: string;
  readonly id: number;
  readonly token: string;
  readonly payload: string;
  readonly format?: number;
  readonly observe?: number;
  readonly maxAge?: number;
  readonly etag?: string;
  readonly block1?: Block;
  readonly block2?: Block;
  readonly size1?: number;
  readonly size2?: number;
  /** Bytes of the datagram. */
  readonly length: number;
}

/** Writes a message with coap-packet. */
export function encode(message: Message): Buffer {
  const { type = CON, code = '0.00', id = 0, token = '', payload = '' } = message;
  return generate(
    {
      code,
      messageId: id,
      token: Buffer.from(token, 'latin1'),
      payload: Buffer.from(payload),
      confirmable: type === CON,
      ack: type === ACK,
      reset: type === RST,
      options: optionsOf(message).map(([name, value]) => ({ name: String(name), value: Buffer.from(value) })),
    },
    70_000,
  );
}

function optionsOf(message: Message): [number, Uint8Array][] {
  const { path, observe, accept, block1, block2, size1, requestTag, others = [] } = message;
  const options: [number, Uint8Array][] = (path?.split('/') ?? []).map((segment) => [11, Buffer.from(segment)]);
  if (observe !== undefined) options.push([6, uint(observe)]);
  if (accept !== undefined) options.push([17, uint(accept)]);
  if (block2 !== undefined) options.push([23, uint(blockValue(block2))]);
  if (block1 !== undefined) options.push([27, uint(blockValue(block1))]);
  if (size1 !== undefined) options.push([60, uint(size1)]);
  if (requestTag !== undefined) options.push([292, Buffer.from(requestTag)]);
  for (const [number, value] of others) options.push([number, value]);
  return options;
}

/** Reads a datagram with coap-packet. */
export function decode(datagram: Uint8Array): Received {
  const packet = parse(Buffer.from(datagram));
  const given = <T>(name: string, number: number, read: (value: Buffer) => T): { readonly [key: string]: T } => {
    const option = packet.options.find(({ name: found }) => found === numberOrName(number));
    return option === undefined ? {} : { [name]: read(option.value) };
  };
  return {
    type: typeOf(packet),
    code: packet.code,
    id: packet.messageId,
    token: packet.token.toString('latin1'),
    payload: packet.payload.toString(),
    ...given('format', 12, readUint),
    ...given('observe', 6, readUint),
    ...given('maxAge', 14, readUint),
    ...given('etag', 4, (value) => value.toString('hex')),
    ...given('block1', 27, readBlock),
    ...given('block2', 23, readBlock),
    ...given('size1', 60, readUint),
    ...given('size2', 28, readUint),
    length: datagram.length,
  };
}

const NAMES: Readonly<Record<number, string>> = {
  4: 'ETag',
  6: 'Observe',
  12: 'Content-Format',
  14: 'Max-Age',
  23: 'Block2',
  27: 'Block1',
  28: 'Size2',
  60: 'Size1',
};

function numberOrName(number: number): string {
  return NAMES[number]!;
}

function typeOf({ confirmable, ack, reset }: ParsedPacket): TypeName {
  if (confirmable) return CON;
  if (ack) return ACK;
  return reset ? RST : NON;
}

export function uint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return Buffer.from(bytes);
}

function readUint(value: Buffer): number {
  return value.reduce((sum, byte) => sum * 256 + byte, 0);
}

function blockValue([num, more, szx]: Block): number {
  return num * 16 + (more ? 8 : 0) + szx;
}

function readBlock(value: Buffer): Block {
  const block = readUint(value);
  return [Math.floor(block / 16), (block & 8) !== 0, block & 7];
}
