import { coercionsOf, JsonText, RpcError, type Constructor } from '@device-messaging/plugin-api';
import { plainToInstance } from 'class-transformer';
import { contentOf, isNamed, memberName, textOf, valueEnd, valueStart } from '../json/json-members.js';
import { MEMBER_SIZE } from '../json/json-scanner.js';
import type { RpcEnvelope } from '../json/rpc-envelope.js';
import { ParamsRules } from './params-rules.js';

const QUOTE = 0x22;

/** How one member of a params class is read. */
interface Member {
  readonly name: string;
  readonly key: Uint8Array;
  readonly isJson: boolean;
  readonly coerce: ((value: unknown) => unknown) | undefined;
}

/** Reads the params of one RPC method into instances of their class; made once for each method. */
export class ParamsReader {
  private readonly rules: ParamsRules;
  private readonly members: readonly Member[];

  constructor(private readonly type: Constructor) {
    this.rules = new ParamsRules(type);
    const coercions = coercionsOf(type);
    this.members = this.rules.members.map((name) => ({
      name,
      key: memberName(name),
      isJson: this.rules.jsonMembers.has(name),
      coerce: coercions.get(name),
    }));
  }

  /** The params of a request; absent and `null` params are an empty object. */
  read(envelope: RpcEnvelope): object | RpcError {
    if (!envelope.hasMembers && !envelope.hasNoParams) {
      return new RpcError('INVALID_PARAMS', { detail: 'params must be an object' });
    }
    const params = this.rules.isNested ? this.nested(envelope) : this.flat(envelope);
    const problems = this.rules.problemsOf(params);
    return problems.length === 0 ? params : new RpcError('INVALID_PARAMS', { detail: problems.join('; ') });
  }

  private flat(envelope: RpcEnvelope): object {
    const params = new this.type();
    this.assign(envelope, params as Record<string, unknown>);
    return params;
  }

  /** Members that are classes themselves are made by class-transformer, then the verbatim ones are put in place. */
  private nested(envelope: RpcEnvelope): object {
    const found: Record<string, unknown> = {};
    this.assign(envelope, found);
    const plain = Object.fromEntries(Object.entries(found).filter(([name]) => !this.rules.jsonMembers.has(name)));
    const params = plainToInstance(this.type, plain, { exposeDefaultValues: true });
    for (const name of this.rules.jsonMembers) {
      if (name in found) (params as Record<string, unknown>)[name] = found[name];
    }
    return params;
  }

  private assign(envelope: RpcEnvelope, into: Record<string, unknown>): void {
    const { bytes, notes, membersFrom, membersTo } = envelope;
    for (let index = membersFrom; index < membersTo; index += MEMBER_SIZE) {
      for (const member of this.members) {
        if (!isNamed(bytes, notes, index, member.key, member.name)) continue;
        into[member.name] = valueOf(member, bytes, valueStart(notes, index), valueEnd(notes, index));
        break;
      }
    }
  }
}

function valueOf(member: Member, bytes: Uint8Array, start: number, end: number): unknown {
  if (member.isJson) return JsonText.fromValidatedBytes(bytes.subarray(start, end));
  const value: unknown =
    bytes[start] === QUOTE ? contentOf(bytes, start + 1, end - 1) : JSON.parse(textOf(bytes, start, end));
  return member.coerce === undefined ? value : member.coerce(value);
}
