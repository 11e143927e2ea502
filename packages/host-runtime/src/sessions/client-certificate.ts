import { X509Certificate } from 'node:crypto';

/** What the host wants to know of a client certificate. */
export interface ClientCertificate {
  /** Epoch ms, both included (RFC 5280 section 4.1.2.5). */
  readonly validFrom: number;
  readonly validTo: number;
  /** The common name of the subject, when it has exactly one. */
  readonly commonName: string | undefined;
}

/** Reads a certificate. `undefined`: the bytes are none. */
export function readClientCertificate(der: Uint8Array): ClientCertificate | undefined {
  let certificate: X509Certificate;
  try {
    certificate = new X509Certificate(der);
  } catch {
    // Whatever is wrong with the bytes, they prove nothing; TLS hands none of this kind on.
    return undefined;
  }
  return {
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    commonName: commonNameOf(certificate),
  };
}

/** Node's text of a subject has one attribute a line; line breaks within values are escaped. */
function commonNameOf(certificate: X509Certificate): string | undefined {
  // Several common names are a list here: which of them the authority meant is anybody's guess.
  const { CN } = certificate.toLegacyObject().subject as { readonly CN?: string | readonly string[] };
  return typeof CN === 'string' && CN !== '' ? CN : undefined;
}
