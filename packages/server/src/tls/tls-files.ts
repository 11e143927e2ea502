import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { StartError } from '../start-error.js';
import type { TlsSettings } from '../settings/tls-settings.js';

/** What a TLS server needs of the files; options of `tls.createServer` and `setSecureContext`. */
export interface TlsMaterial {
  readonly cert: string;
  readonly key: string;
  /** Authorities that vouch for clients. Empty: none, instead of those that are trusted for web sites. */
  readonly ca: string[];
  readonly minVersion: 'TLSv1.2';
  /** When the server's certificate expires, epoch ms. */
  readonly expiresAt: number;
}

/** A file of the settings, with the variable by which people know it. */
interface NamedFile {
  readonly variable: string;
  readonly path: string;
}

/** PKCS #8, and the older way of OpenSSL (RFC 1421). */
const ENCRYPTED_KEY = /-----BEGIN ENCRYPTED PRIVATE KEY-----|^Proc-Type: 4,ENCRYPTED/m;

const PEM_CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** The PEM files of the TLS settings. */
export class TlsFiles {
  private readonly cert: NamedFile;
  private readonly key: NamedFile;
  private readonly authorities: NamedFile | undefined;

  constructor({ certFile, keyFile, clientCaFile }: TlsSettings) {
    this.cert = { variable: 'TLS_CERT_FILE', path: certFile };
    this.key = { variable: 'TLS_KEY_FILE', path: keyFile };
    this.authorities = clientCaFile === '' ? undefined : { variable: 'TLS_CLIENT_CA_FILE', path: clientCaFile };
  }

  /**
   * Reads and checks them.
   * @throws StartError naming the setting and the file, and what is wrong.
   */
  async read(): Promise<TlsMaterial> {
    const cert = await readText(this.cert);
    const [certificate] = certificatesOf(this.cert, cert);
    const key = await readText(this.key);
    if (certificate?.checkPrivateKey(privateKeyOf(this.key, key)) !== true) {
      throw refusal(this.key, `is not the key of the certificate in ${this.cert.path} (${this.cert.variable})`);
    }
    const ca = this.authorities === undefined ? [] : await readAuthorities(this.authorities);
    const material = { cert, key, ca, minVersion: 'TLSv1.2' } as const;
    try {
      createSecureContext(material);
    } catch (cause) {
      throw refusal(this.cert, `cannot be used for TLS: ${reasonOf(cause)}`, cause);
    }
    return { ...material, expiresAt: Date.parse(certificate.validTo) };
  }

  /** A text that differs when a file was written, replaced, or is another one by now (a symbolic link was moved). */
  async fingerprint(): Promise<string> {
    const files = [this.cert, this.key, ...(this.authorities === undefined ? [] : [this.authorities])];
    return (await Promise.all(files.map(({ path }) => fingerprintOf(path)))).join(' ');
  }
}

async function fingerprintOf(path: string): Promise<string> {
  try {
    const { dev, ino, size, mtimeMs } = await stat(path);
    return `${dev}:${ino}:${size}:${mtimeMs}`;
  } catch (error) {
    // A file that is away for the moment is a state like any other; reading it will say what is wrong.
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

async function readText(file: NamedFile): Promise<string> {
  try {
    return await readFile(file.path, 'utf8');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw refusal(file, READ_FAILURES[code] ?? `cannot be read (${code})`, error);
  }
}

const READ_FAILURES: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EISDIR: 'is a directory',
  EACCES: 'may not be read by this user',
};

async function readAuthorities(file: NamedFile): Promise<string[]> {
  return certificatesOf(file, await readText(file)).map((certificate) => certificate.toString());
}

function certificatesOf(file: NamedFile, pem: string): readonly X509Certificate[] {
  const blocks = pem.match(PEM_CERTIFICATES);
  if (blocks === null) throw refusal(file, 'holds no certificate in PEM (-----BEGIN CERTIFICATE-----)');
  return blocks.map((block, index) => {
    try {
      return new X509Certificate(block);
    } catch (cause) {
      throw refusal(file, `holds a certificate that cannot be read, number ${index + 1}: ${reasonOf(cause)}`, cause);
    }
  });
}

function privateKeyOf(file: NamedFile, pem: string): KeyObject {
  if (!pem.includes('PRIVATE KEY-----'))
    throw refusal(file, 'holds no private key in PEM (-----BEGIN PRIVATE KEY-----)');
  if (ENCRYPTED_KEY.test(pem)) {
    const how = 'Decrypt it (openssl pkey -in … -out …) and keep the file readable for the server alone';
    throw refusal(file, `is encrypted. ${how}`);
  }
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw refusal(file, `holds a private key that cannot be read: ${reasonOf(cause)}`, cause);
  }
}

function refusal({ variable, path }: NamedFile, what: string, cause?: unknown): StartError {
  return new StartError([`${path} (${variable}) ${what}.`], { cause });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
