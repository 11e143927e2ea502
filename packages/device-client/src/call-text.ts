import { DeviceClientError } from './device-client-error.js';

/** A call as its message says it. */
export interface CallText {
  /** Absent where the topic says it (MQTT). */
  readonly id: string | undefined;
  readonly method: string;
  /** JSON text, byte for byte as it arrived. */
  readonly params: string;
}

/**
 * Reads `{"id":…,"method":…,"params":…}` and cuts the params out without re-writing them: 12345678901234567890, 1.10
 * and repeated keys stay what they are. Members in any order, unknown ones allowed.
 * @throws DeviceClientError `unexpected` when it is no call.
 */
export function readCall(text: string): CallText {
  const message = parsed(text);
  const { id, method } = message;
  if (typeof method !== 'string') throw notACall(text);
  const params = memberTexts(text).get('params') ?? 'null';
  return { id: typeof id === 'number' || typeof id === 'string' ? String(id) : undefined, method, params };
}

function parsed(text: string): { readonly id?: unknown; readonly method?: unknown } {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null) return value;
  } catch (error) {
    throw notACall(text, error);
  }
  throw notACall(text);
}

function notACall(text: string, cause?: unknown): DeviceClientError {
  return new DeviceClientError('unexpected', `The server sent what is no call: ${text.slice(0, 200)}`, { cause });
}

/** A string, or a run of anything that is neither string nor structure nor white space. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The text of every member's value of an object that is known to be JSON. The last of repeated keys wins. */
function memberTexts(text: string): Map<string, string> {
  const members = new Map<string, string>();
  let depth = 0;
  let key: string | undefined;
  let start = 0;
  let lastString = '';
  let end = 0;
  for (const { 0: token, index } of text.matchAll(TOKEN)) {
    const closes = token === '}' || token === ']';
    if (depth === 1 && (token === ',' || token === '}') && key !== undefined) {
      members.set(key, text.slice(start, end));
      key = undefined;
    } else if (depth === 1 && token === ':') {
      key = JSON.parse(lastString) as string;
      start = -1;
    } else if (start < 0) start = index;
    if (token === '{' || token === '[') depth++;
    else if (closes) depth--;
    if (token.startsWith('"')) lastString = token;
    end = index + token.length;
  }
  return members;
}
