import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@device-messaging/testkit';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '../start-error.js';
import { TlsFiles } from './tls-files.js';

const own = new TestCertificate({ commonName: 'localhost' });
const other = new TestCertificate({ commonName: 'localhost' });
const NO_PEM = 'no PEM at all';
const BROKEN = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';

describe('TlsFiles', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tls-files-'));
    write('crt', own.cert);
    write('key', own.key);
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const at = (name: string): string => join(directory, name);
  const write = (name: string, content: string): void => writeFileSync(at(name), content);
  const files = (members: Record<string, string> = {}): TlsFiles =>
    new TlsFiles({ certFile: at('crt'), keyFile: at('key'), clientCaFile: '', clientCaTenantId: '', ...members });

  const refusal = async (given: TlsFiles): Promise<string> => {
    try {
      await given.read();
    } catch (error) {
      if (error instanceof StartError) return error.message.replaceAll(`${directory}/`, '');
      throw error;
    }
    return 'not refused';
  };

  it('reads a certificate with its key, and trusts no authority unless told', async () => {
    expect(await files().read()).toMatchObject({ cert: own.cert, key: own.key, ca: [], minVersion: 'TLSv1.2' });
  });

  it('reads all authorities of a file', async () => {
    write('ca', `two of them\n${own.cert}${other.cert}`);
    const { ca } = await files({ clientCaFile: at('ca') }).read();
    expect(ca).toEqual([own.cert, other.cert]);
  });

  it.each([
    ['crt', NO_PEM, 'crt (TLS_CERT_FILE) holds no certificate in PEM (-----BEGIN CERTIFICATE-----).'],
    ['crt', own.key, 'crt (TLS_CERT_FILE) holds no certificate in PEM (-----BEGIN CERTIFICATE-----).'],
    ['crt', other.cert, 'key (TLS_KEY_FILE) is not the key of the certificate in crt (TLS_CERT_FILE).'],
    ['key', NO_PEM, 'key (TLS_KEY_FILE) holds no private key in PEM (-----BEGIN PRIVATE KEY-----).'],
    ['key', other.key, 'key (TLS_KEY_FILE) is not the key of the certificate in crt (TLS_CERT_FILE).'],
    [
      'key',
      own.encryptedKey('x'),
      'key (TLS_KEY_FILE) is encrypted. Decrypt it (openssl pkey -in … -out …) and keep the file readable for the server alone.',
    ],
  ])('NET-17: says what is wrong with %s', async (name, content, line) => {
    write(name, content);
    expect(await refusal(files())).toBe(line);
  });

  it('NET-17: says what is wrong with content that only looks like PEM', async () => {
    write('crt', own.cert + BROKEN);
    expect(await refusal(files())).toMatch(
      /^crt \(TLS_CERT_FILE\) holds a certificate that cannot be read, number 2: ./,
    );
    write('crt', own.cert);
    write('key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    expect(await refusal(files())).toMatch(/^key \(TLS_KEY_FILE\) holds a private key that cannot be read: ./);
  });

  it('NET-17: says which file cannot be read, and why', async () => {
    expect(await refusal(files({ certFile: at('none') }))).toBe('none (TLS_CERT_FILE) does not exist.');
    expect(await refusal(files({ keyFile: at('none') }))).toBe('none (TLS_KEY_FILE) does not exist.');
    mkdirSync(at('folder'));
    expect(await refusal(files({ clientCaFile: at('folder') }))).toBe('folder (TLS_CLIENT_CA_FILE) is a directory.');
    write('ca', own.key);
    expect(await refusal(files({ clientCaFile: at('ca') }))).toMatch(/^ca \(TLS_CLIENT_CA_FILE\) holds no certificate/);
  });

  it('NET-17: says when the key is of no use for TLS', async () => {
    const { privateKey } = generateKeyPairSync('x25519');
    write('key', privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    expect(await refusal(files())).toContain('is not the key of the certificate');
  });

  it('NET-15: sees that a file is written, renamed, gone, or behind a link that was moved', async () => {
    for (const folder of ['v1', 'v2']) {
      mkdirSync(at(folder));
      write(`${folder}/crt`, own.cert);
    }
    symlinkSync('v1', at('current'));
    const given = files({ certFile: at('current/crt') });
    const seen = [await given.fingerprint()];
    const unchanged = await given.fingerprint();
    write('key', other.key);
    seen.push(await given.fingerprint());
    write('new', other.key);
    renameSync(at('new'), at('key'));
    seen.push(await given.fingerprint());
    symlinkSync('v2', at('next'));
    renameSync(at('next'), at('current'));
    seen.push(await given.fingerprint());
    rmSync(at('key'));
    seen.push(await given.fingerprint());
    expect(unchanged).toBe(seen[0]);
    expect(new Set(seen).size).toBe(seen.length);
  });
});
