import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';

/**
 * The server that a person names: its root, without the `/api` that the person may have copied along.
 * @throws ExitError saying what would be right
 */
export function readServerUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw refused(text, 'it begins with http:// or https://, as in http://127.0.0.1:8080');
  }
  if (url.username !== '' || url.password !== '') {
    throw new ExitError(EXIT_USAGE, 'The URL of the server names a user: give that by --username.');
  }
  if (url.search !== '' || url.hash !== '') throw refused(text, 'it has no ? and no #');
  url.pathname = url.pathname.replace(/\/+$/, '').replace(/\/api$/, '');
  return url;
}

/** As people write it: without the slash at the end. */
export function shownUrl(url: URL): string {
  return url.href.replace(/\/$/, '');
}

/** Whether what is sent there can be read by nobody on the way. */
export function isPrivate({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || hostname === 'localhost' || hostname === '[::1]' || hostname.startsWith('127.');
}

function refused(text: string, right: string): ExitError {
  return new ExitError(EXIT_USAGE, `${text} is no URL of a server: ${right}.`);
}
