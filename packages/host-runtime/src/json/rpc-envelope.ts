import { RpcError } from '@device-messaging/plugin-api';
import { endOfChildren, isNamed, memberName, valueEnd, valueStart } from './json-members.js';
import { JsonScanner, MEMBER_DEPTH, MEMBER_SIZE } from './json-scanner.js';
import { StringPool } from './string-pool.js';

const METHOD = memberName('method');
const PARAMS = memberName('params');
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;

// One scanner serves the process: a scan is synchronous and its notes are copied before the next one.
const scanner = new JsonScanner();
const methods = new StringPool();

/** Whether bytes are one JSON text in UTF-8. */
export function isJson(bytes: Uint8Array): boolean {
  return scanner.scan(bytes);
}

/**
 * A client-side RPC as it came in, `{"method":…,"params":…}`, read once: where the params are and where their members
 * are. Unknown members are ignored; of duplicate ones the last wins, as with `JSON.parse`.
 */
export class RpcEnvelope {
  private constructor(
    readonly bytes: Uint8Array,
    readonly method: string,
    /** Offset of the params; -1 when there are none. */
    readonly paramsStart: number,
    readonly paramsEnd: number,
    /** The members of the params object as the scanner notes them; `undefined` when the params are not an object. */
    readonly params: readonly number[] | undefined,
  ) {}

  /** Reads a request, or says why it is none. */
  static read(bytes: Uint8Array): RpcEnvelope | RpcError {
    if (!scanner.scan(bytes, 2)) return invalid('it is not JSON in UTF-8');
    const members = scanner.members;
    let method = -1;
    let params = -1;
    for (let index = 0; index < members.length; index += MEMBER_SIZE) {
      if (members[index + MEMBER_DEPTH] !== 1) continue;
      if (isNamed(bytes, members, index, METHOD, 'method')) method = index;
      else if (isNamed(bytes, members, index, PARAMS, 'params')) params = index;
    }
    if (method < 0) return invalid(noMethod(bytes));
    const start = valueStart(members, method);
    if (bytes[start] !== QUOTE) return invalid('"method" must be a string');
    return new RpcEnvelope(
      bytes,
      methods.get(bytes, start + 1, valueEnd(members, method) - 1),
      params < 0 ? -1 : valueStart(members, params),
      params < 0 ? -1 : valueEnd(members, params),
      params >= 0 && bytes[valueStart(members, params)] === OPEN_BRACE
        ? members.slice(params + MEMBER_SIZE, endOfChildren(members, params))
        : undefined,
    );
  }

  /** The params are absent or `null`. */
  get hasNoParams(): boolean {
    return this.paramsStart < 0 || this.bytes[this.paramsStart] === LETTER_N;
  }
}

const LETTER_N = 0x6e;

function invalid(detail: string): RpcError {
  return new RpcError('INVALID_REQUEST', { detail });
}

function noMethod(bytes: Uint8Array): string {
  const first = bytes.find((byte) => byte > 0x20);
  return first === OPEN_BRACE ? 'it has no "method"' : 'it must be an object {"method":…,"params":…}';
}
