import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';

/** RFC 9457, as the admin API answers. */
interface Problem {
  readonly detail: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** The server said no. The message is what it said, as sentences. */
export class ApiRefusal extends ExitError {
  constructor(
    /** HTTP status. */
    readonly status: number,
    message: string,
  ) {
    super(EXIT_FAILED, message);
  }

  /** The same refusal with a hint behind it. */
  with(hint: string): ApiRefusal {
    return new ApiRefusal(this.status, `${this.message} ${hint}`);
  }
}

/** Reads a refusal; one that is no problem document comes from something else than the admin API. */
export async function readRefusal(url: string, answer: IncomingMessage): Promise<ApiRefusal> {
  const { statusCode: status = 0, headers } = answer;
  const problem = problemIn(await text(answer));
  if (problem === undefined) return new ApiRefusal(status, strange(url, status, headers.location));
  const wait = headers['retry-after'];
  const hint = wait === undefined ? '' : ` Try again in ${wait} s.`;
  return new ApiRefusal(status, `${sentencesOf(problem)}${hint}`);
}

function problemIn(body: string): Problem | undefined {
  try {
    const value = JSON.parse(body) as Partial<Problem> | null;
    return typeof value?.detail === 'string' ? (value as Problem) : undefined;
  } catch {
    return undefined;
  }
}

function sentencesOf({ detail, errors = [] }: Problem): string {
  const lines = errors.map(({ path, message }) => `  ${path === '' ? message : `${path}: ${message}`}`);
  return lines.length === 0 ? detail : [detail.replace(/\.$/, ':'), ...lines].join('\n');
}

function strange(url: string, status: number, location: string | undefined): string {
  const answered = `${url} answered ${status} and gave no reason`;
  return location === undefined
    ? `${answered}. Is it the URL of a Device Messaging server?`
    : `${answered}, but that it is at ${location}: log in there.`;
}
