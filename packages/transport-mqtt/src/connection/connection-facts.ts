import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** What whoever accepted a connection knows of it. */
export interface ConnectionFacts {
  /** For the log. */
  readonly remoteAddress?: string;
  /**
   * DER bytes of the client certificate that the device proved to own in the TLS handshake. It stands in for the
   * access token when CONNECT names none. A `TLSSocket`'s is found without this; a WebSocket's is not.
   */
  readonly certificate?: Uint8Array;
}

/** The client certificate of a connection, DER. */
export function certificateOf(stream: Duplex, facts: ConnectionFacts): Uint8Array | undefined {
  if (facts.certificate !== undefined) return facts.certificate;
  return stream instanceof TLSSocket ? stream.getPeerX509Certificate()?.raw : undefined;
}
