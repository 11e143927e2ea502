import { DeviceClientError, type DeviceClientErrorCode } from './device-client-error.js';

const CODES: Readonly<Record<string, DeviceClientErrorCode>> = {
  ECONNREFUSED: 'unreachable',
  ENOTFOUND: 'unreachable',
  EAI_AGAIN: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EADDRNOTAVAIL: 'unreachable',
  EACCES: 'unreachable',
  ETIMEDOUT: 'timeout',
  CERT_HAS_EXPIRED: 'untrusted',
  CERT_NOT_YET_VALID: 'untrusted',
  CERT_REVOKED: 'untrusted',
  CERT_UNTRUSTED: 'untrusted',
  CERT_REJECTED: 'untrusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'untrusted',
  INVALID_CA: 'untrusted',
  ERR_TLS_CERT_ALTNAME_INVALID: 'untrusted',
  EPROTO: 'unexpected',
};

/** Alerts by which the other side says that it wants none of our certificate (RFC 8446 section 6.2). */
const CERTIFICATE_ALERT = /^ERR_SSL_.*(CERTIFICATE|UNKNOWN_CA|ALERT)/;

/** What an error of node's sockets, or of a reader of what came over them (it has no code), means for a device. `where`: host and port, for people. */
export function connectionFailure(where: string, error: Error): DeviceClientError {
  if (error instanceof DeviceClientError) return error;
  const { code } = error as { code?: unknown };
  const name = typeof code === 'string' ? code : '';
  const meaning = CERTIFICATE_ALERT.test(name) ? 'untrusted' : (CODES[name] ?? (name === '' ? 'unexpected' : 'lost'));
  return new DeviceClientError(meaning, textOf(meaning, where, error.message === '' ? name : error.message), {
    cause: error,
  });
}

function textOf(meaning: DeviceClientErrorCode, where: string, detail: string): string {
  switch (meaning) {
    case 'unreachable':
      return `No server is reached at ${where} (${detail}).`;
    case 'untrusted':
      return `The TLS certificates are not accepted between here and ${where} (${detail}).`;
    case 'unexpected':
      return `What listens at ${where} does not speak this protocol (${detail}).`;
    default:
      return `The connection to ${where} failed (${detail}).`;
  }
}
