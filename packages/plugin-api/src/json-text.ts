const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * One JSON value as the bytes that came in, UTF-8 without a byte order mark.
 *
 * Bodies travel verbatim (`12345678901234567890`, `1.10`, `-0`, key order, duplicate keys, white space inside), so a
 * plugin passes a `JsonText` on without ever parsing it; whoever needs the value calls {@link JsonText.parse}.
 * The bytes are valid JSON by construction and must not be modified.
 */
export class JsonText {
  /** The JSON value `null`. */
  static readonly NULL: JsonText = new JsonText(encoder.encode('null'));

  private constructor(
    /** The text's UTF-8 bytes; read-only by contract. */
    readonly bytes: Uint8Array,
  ) {}

  /**
   * Serialises a value.
   * @throws TypeError when `value` has no JSON form (`undefined`, a function, a cycle, a bigint).
   */
  static of(value: unknown): JsonText {
    const text = JSON.stringify(value) as string | undefined;
    if (text === undefined) throw new TypeError(`A value of type ${typeof value} has no JSON form`);
    return new JsonText(encoder.encode(text));
  }

  /**
   * Takes a text verbatim.
   * @throws SyntaxError when it is not JSON.
   */
  static fromString(text: string): JsonText {
    JSON.parse(text);
    return new JsonText(encoder.encode(text));
  }

  /**
   * Takes bytes that the caller has **already validated** as one JSON value in UTF-8, without copying them. For hosts
   * and transports, which scan a message once and hand out slices of it; a plugin wants {@link JsonText.fromString}.
   */
  static fromValidatedBytes(bytes: Uint8Array): JsonText {
    return new JsonText(bytes);
  }

  /** The value. Parses on every call: keep the result if you need it twice. */
  parse(): unknown {
    return JSON.parse(this.toString());
  }

  /** A copy that shares no memory with the buffer the text was received in. For texts that are kept for long. */
  detached(): JsonText {
    return new JsonText(Uint8Array.from(this.bytes));
  }

  /** The text itself. */
  toString(): string {
    return decoder.decode(this.bytes);
  }
}
