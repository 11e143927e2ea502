import { TLSSocket } from 'node:tls';

/** ThingsBoard's names. */
export type CredentialsType = 'ACCESS_TOKEN' | 'X509_CERTIFICATE';

/** How a device proves who it is. The secret is digested (SHA-256) at once and neither stored nor logged. */
export type DeviceCredentials = TokenCredentials | CertificateCredentials;

/** A device that knows its access token. */
export interface TokenCredentials {
  readonly type: 'ACCESS_TOKEN';
  readonly secret: string | Uint8Array;
}

/**
 * A device that owns an X.509 certificate: in the TLS handshake it proved to have the private key. The host refuses
 * a certificate that is expired or not valid yet (RFC 5280 section 4.1.2.5), and one that is no certificate.
 */
export interface CertificateCredentials {
  readonly type: 'X509_CERTIFICATE';
  /** DER bytes; the device is the one that has their digest as its credentials, whoever issued the certificate. */
  readonly secret: Uint8Array;
  /**
   * The tenant whose certificate authority vouches for the certificate: whoever accepted the connection has verified
   * the chain. When no device has the certificate itself as its credentials, the device is the one of this tenant
   * whose name is the common name of the certificate's subject.
   */
  readonly authorityTenantId?: string;
}

/**
 * The client certificate of a TLS connection, as credentials. `undefined`: the connection has none, or is no TLS.
 *
 * `authorityTenantId` names the tenant of the authorities in the listener's `ca` option, if it has one. It becomes part
 * of the credentials only when the certificate's chain leads to one of them (`TLSSocket.authorized`).
 */
export function certificateCredentials(
  connection: unknown,
  authorityTenantId?: string,
): CertificateCredentials | undefined {
  if (!(connection instanceof TLSSocket)) return undefined;
  const secret = connection.getPeerX509Certificate()?.raw;
  if (secret === undefined) return undefined;
  const isVouchedFor = authorityTenantId !== undefined && connection.authorized;
  return { type: 'X509_CERTIFICATE', secret, ...(isVouchedFor ? { authorityTenantId } : {}) };
}
