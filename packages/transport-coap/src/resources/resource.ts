import type { IncomingMessage } from '../codec/incoming-message.js';

const WELL_KNOWN = Buffer.from('.well-known');
const CORE = Buffer.from('core');
const API = Buffer.from('api');
const V1 = Buffer.from('v1');
const RPC = Buffer.from('rpc');
const TELEMETRY = Buffer.from('telemetry');
const ATTRIBUTES = Buffer.from('attributes');

const TOKEN_SEGMENT = 2;
const KIND_SEGMENT = 3;
const ID_SEGMENT = 4;
const MAX_RPC_ID = 2 ** 31 - 1;
const DECIMAL = /^\d{1,10}$/;

/** What a path names. `call` is one server-side RPC, to be replied to. */
export type ResourceKind = 'core' | 'rpc' | 'call' | 'telemetry' | 'attributes';

export interface Resource {
  readonly kind: ResourceKind;
  /** Empty for `core`. */
  readonly accessToken: string;
  /** Of a `call`, 0…2^31−1. */
  readonly rpcId: number;
}

/** What the path of a request names; `undefined`: nothing. */
export function readResource(message: IncomingMessage): Resource | undefined {
  const { segmentCount } = message;
  if (segmentCount === 2 && message.isSegment(0, WELL_KNOWN) && message.isSegment(1, CORE)) {
    return { kind: 'core', accessToken: '', rpcId: 0 };
  }
  if (segmentCount !== 4 && segmentCount !== 5) return undefined;
  if (!message.isSegment(0, API) || !message.isSegment(1, V1)) return undefined;
  const accessToken = message.segment(TOKEN_SEGMENT);
  if (segmentCount === 5) {
    const rpcId = message.isSegment(KIND_SEGMENT, RPC) ? readRpcId(message.segment(ID_SEGMENT)) : undefined;
    return rpcId === undefined ? undefined : { kind: 'call', accessToken, rpcId };
  }
  const kind = kindOf(message);
  return kind === undefined ? undefined : { kind, accessToken, rpcId: 0 };
}

function kindOf(message: IncomingMessage): ResourceKind | undefined {
  if (message.isSegment(KIND_SEGMENT, RPC)) return 'rpc';
  if (message.isSegment(KIND_SEGMENT, TELEMETRY)) return 'telemetry';
  return message.isSegment(KIND_SEGMENT, ATTRIBUTES) ? 'attributes' : undefined;
}

function readRpcId(text: string): number | undefined {
  const id = DECIMAL.test(text) ? Number(text) : Infinity;
  return id <= MAX_RPC_ID ? id : undefined;
}
