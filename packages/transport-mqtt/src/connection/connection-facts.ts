import type { CertificateCredentials } from '@device-messaging/host-api';

/** What whoever accepted a connection knows of it. */
export interface ConnectionFacts {
  /** For the log. */
  readonly remoteAddress?: string;
  /**
   * The client certificate that the device proved to own in the TLS handshake. It stands in for the access token when
   * CONNECT names none. A `TLSSocket`'s is found without this, but not that of a WebSocket, nor who vouches for it.
   */
  readonly certificate?: CertificateCredentials;
}
