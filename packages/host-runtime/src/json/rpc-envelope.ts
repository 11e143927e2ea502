import { RpcError } from '@device-messaging/plugin-api';
import { endOfChildren, isNamed, memberName, valueEnd, valueStart } from './json-members.js';
import { JsonScanner, MEMBER_DEPTH, MEMBER_SIZE } from './json-scanner.js';
import { StringPool } from './string-pool.js';

const METHOD = memberName('method');
const PARAMS = memberName('params');
const QUOTE = 0x22;
const OPEN_BRACE = 0x7b;

// One scanner serves the process: a scan is synchronous.
const scanner = new JsonScanner();
const methods = new StringPool();
let lastSerial = 0;
/** The message whose members the scanner has noted. */
let notedSerial = 0;

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
    /** Which of the {@link RpcEnvelope.notes} are about the members of the params: [from, to); none: they are no object. */
    readonly membersFrom: number,
    readonly membersTo: number,
    private readonly serial: number,
  ) {}

  /** Reads a request, or says why it is none. */
  static read(bytes: Uint8Array): RpcEnvelope | RpcError {
    notedSerial = ++lastSerial;
    if (!scanner.scan(bytes, 2)) return invalid('it is not JSON in UTF-8');
    const { members, noted } = scanner;
    let method = -1;
    let params = -1;
    for (let index = 0; index < noted; index += MEMBER_SIZE) {
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
      params < 0 ? 0 : params + MEMBER_SIZE,
      params < 0 ? 0 : endOfChildren(members, noted, params),
      notedSerial,
    );
  }

  /**
   * The scanner's notes of the members, to be read at once: a message that had to wait is scanned again when others were
   * read meanwhile, which is cheaper than a copy for each.
   */
  get notes(): readonly number[] {
    if (this.serial !== notedSerial) {
      scanner.scan(this.bytes, 2);
      notedSerial = this.serial;
    }
    return scanner.members;
  }

  /** The params are an object. */
  get hasMembers(): boolean {
    return this.paramsStart >= 0 && this.bytes[this.paramsStart] === OPEN_BRACE;
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
