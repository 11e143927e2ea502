import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import {
  bitString,
  element,
  integer,
  objectIdentifier,
  octetString,
  sequence,
  setOf,
  time,
  truth,
  utf8String,
} from './der.js';

/** What a test wants of a certificate. */
export interface TestCertificateOptions {
  /** The subject's; several are refused by careful readers. */
  readonly commonName: string | readonly string[];
  /** Who signs it; the certificate itself when absent. */
  readonly issuer?: TestCertificate;
  /** Whether it may sign others (RFC 5280 section 4.2.1.9). */
  readonly isAuthority?: boolean;
  /** An hour ago when absent. */
  readonly notBefore?: Date;
  /** In an hour when absent. */
  readonly notAfter?: Date;
}

const HOUR_MS = 3_600_000;
const ECDSA_WITH_SHA256 = sequence(objectIdentifier('1.2.840.10045.4.3.2'));
const COMMON_NAME = objectIdentifier('2.5.4.3');
const BASIC_CONSTRAINTS = objectIdentifier('2.5.29.19');
const SUBJECT_ALTERNATIVE_NAME = objectIdentifier('2.5.29.17');

/**
 * An X.509 certificate with its key (ECDSA, P-256), made on the spot, so that tests of TLS need neither files that
 * expire nor a program that makes them. One that is no authority is good for a server at localhost, too.
 */
export class TestCertificate {
  readonly der: Buffer;
  readonly privateKey: KeyObject;
  private readonly subject: Buffer;

  constructor(options: TestCertificateOptions) {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const { commonName, notBefore, notAfter, isAuthority = false, issuer = this } = options;
    this.privateKey = privateKey;
    this.subject = nameOf(typeof commonName === 'string' ? [commonName] : commonName);
    const toBeSigned = sequence(
      element(0xa0, integer(Buffer.from([2]))),
      integer(randomBytes(8)),
      ECDSA_WITH_SHA256,
      issuer.subject,
      sequence(time(notBefore ?? new Date(Date.now() - HOUR_MS)), time(notAfter ?? new Date(Date.now() + HOUR_MS))),
      this.subject,
      publicKey.export({ type: 'spki', format: 'der' }),
      element(0xa3, sequence(isAuthority ? authority() : localhost())),
    );
    const signature = sign('sha256', toBeSigned, issuer.privateKey);
    this.der = sequence(toBeSigned, ECDSA_WITH_SHA256, bitString(signature));
  }

  /** The certificate, PEM. */
  get cert(): string {
    const lines = this.der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
    return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
  }

  /** Its private key, PEM. */
  get key(): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  }

  /** Its private key, PEM, to be read with a pass phrase alone. */
  encryptedKey(passphrase: string): string {
    return this.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase }).toString();
  }
}

function nameOf(commonNames: readonly string[]): Buffer {
  return sequence(...commonNames.map((name) => setOf(sequence(COMMON_NAME, utf8String(name)))));
}

function authority(): Buffer {
  return sequence(BASIC_CONSTRAINTS, truth(), octetString(sequence(truth())));
}

/** The names under which tests reach a server: `localhost`, `127.0.0.1`. */
function localhost(): Buffer {
  const [dns, ip] = [element(0x82, Buffer.from('localhost')), element(0x87, Buffer.from([127, 0, 0, 1]))];
  return sequence(SUBJECT_ALTERNATIVE_NAME, octetString(sequence(dns, ip)));
}
