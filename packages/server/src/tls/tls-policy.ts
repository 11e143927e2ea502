import type { TlsMaterial } from './tls-files.js';

/** Ms from a TCP connection to the end of its TLS handshake. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * A client may show a certificate and need not. Whoever issued it: the handshake proves that the client has the key,
 * and what the certificate is worth the host finds out.
 */
export const CLIENT_CERTIFICATES = { requestCert: true, rejectUnauthorized: false } as const;

/** What a listener does TLS with. */
export interface ListenerTls {
  readonly material: TlsMaterial;
  /** Whose devices the authorities in `material` vouch for. */
  readonly authorityTenantId: string | undefined;
}
