import { EXIT_FAILED, ExitError } from '../../command-line/exit-error.js';

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'EACCES',
]);

/** What OpenSSL and node call a certificate that is not trusted. */
const UNTRUSTED = /CERT|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH/;

/** What an error of node's sockets means to the person at the terminal, and what to do about it. */
export function connectionFailure({ host, protocol }: URL, error: Error): ExitError {
  if (error instanceof ExitError) return error;
  const { code = '' } = error as NodeJS.ErrnoException;
  const detail = error.message === '' ? code : error.message;
  return new ExitError(EXIT_FAILED, textOf(host, protocol, code, detail), { cause: error });
}

function textOf(host: string, protocol: string, code: string, detail: string): string {
  if (UNREACHABLE.has(code))
    return `No server is reached at ${host} (${detail}). Start it, or name another by its URL.`;
  if (UNTRUSTED.test(code)) {
    return `The TLS certificate of ${host} is not trusted (${detail}). Name the authority of it by --ca.`;
  }
  if (code === 'EPROTO' || code.startsWith('HPE_')) {
    const other = protocol === 'https:' ? 'http://' : 'https://';
    return `What listens at ${host} does not speak ${protocol}// (${detail}). Is it ${other}, or another port?`;
  }
  return `The connection to ${host} failed (${detail}). What was under way may have been done.`;
}
