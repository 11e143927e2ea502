import type { NamedOption, OptionName, ParsedPacket } from 'coap-packet';

/** A Block1 or Block2 option (RFC 7959 section 2.2). */
export interface Block {
  readonly number: number;
  readonly isMore: boolean;
  /** Bytes: a power of two from 16 to 1,024. */
  readonly size: number;
}

export function optionOf(message: ParsedPacket, name: OptionName): Buffer | undefined {
  return message.options.find((option) => option.name === name)?.value;
}

/** The block option of a message; `undefined` when there is none, or none that RFC 7959 knows. */
export function blockOf(message: ParsedPacket, name: 'Block1' | 'Block2'): Block | undefined {
  const value = optionOf(message, name);
  if (value === undefined || value.length > 3) return undefined;
  const bits = value.length === 0 ? 0 : value.readUIntBE(0, value.length);
  const exponent = bits & 7;
  return exponent === 7 ? undefined : { number: bits >>> 4, isMore: (bits & 8) !== 0, size: 16 << exponent };
}

export function blockOption(name: 'Block1' | 'Block2', { number, isMore, size }: Block): NamedOption {
  const exponent = Math.log2(size) - 4;
  return { name, value: uint((number << 4) | (isMore ? 8 : 0) | exponent) };
}

export function observeOption(value: 0 | 1): NamedOption {
  return { name: 'Observe', value: uint(value) };
}

export function pathOptions(segments: readonly string[]): NamedOption[] {
  return segments.map((segment) => ({ name: 'Uri-Path', value: Buffer.from(segment) }));
}

/** An unsigned integer without leading zero bytes (RFC 7252 section 3.2). */
function uint(value: number): Buffer {
  let length = 0;
  while (length < 4 && value >= 2 ** (8 * length)) length++;
  const bytes = Buffer.alloc(length);
  if (length > 0) bytes.writeUIntBE(value, 0, length);
  return bytes;
}
