import { X509Certificate, createPrivateKey } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { TestCertificate } from './test-certificate.js';

const read = ({ cert }: TestCertificate): X509Certificate => new X509Certificate(cert);

describe('TestCertificate', () => {
  it('is signed by itself, valid now, and good for a server of this machine', () => {
    const certificate = new TestCertificate({ commonName: 'Grüße' });
    const x509 = read(certificate);
    expect(x509.raw).toEqual(certificate.der);
    expect(x509.toLegacyObject().subject).toMatchObject({ CN: 'Grüße' });
    expect(x509.verify(x509.publicKey)).toBe(true);
    expect(x509.checkPrivateKey(createPrivateKey(certificate.key))).toBe(true);
    expect(Date.parse(x509.validFrom)).toBeLessThan(Date.now());
    expect(Date.parse(x509.validTo)).toBeGreaterThan(Date.now());
    expect(x509.checkHost('localhost')).toBe('localhost');
    expect(x509.checkIP('127.0.0.1')).toBe('127.0.0.1');
    expect(x509.ca).toBe(false);
  });

  it('is signed by an authority', () => {
    const issuer = new TestCertificate({ commonName: 'Authority', isAuthority: true });
    const [device, authority] = [read(new TestCertificate({ commonName: 'Device', issuer })), read(issuer)];
    expect(authority.ca).toBe(true);
    expect(device.checkIssued(authority)).toBe(true);
    expect(device.verify(authority.publicKey)).toBe(true);
    expect(device.verify(device.publicKey)).toBe(false);
  });

  it('is valid from and to when it should be, in this century and later', () => {
    const [notBefore, notAfter] = [new Date('2049-12-31T23:59:59Z'), new Date('2050-01-01T00:00:00Z')];
    const x509 = read(new TestCertificate({ commonName: 'x', notBefore, notAfter }));
    expect([new Date(x509.validFrom), new Date(x509.validTo)]).toEqual([notBefore, notAfter]);
  });

  it('has as many common names as it is given, and long ones', () => {
    const long = 'n'.repeat(300);
    expect(read(new TestCertificate({ commonName: ['a', long] })).toLegacyObject().subject).toEqual(
      expect.objectContaining({ CN: ['a', long] }),
    );
  });

  it('gives its key encrypted, too', () => {
    const encrypted = new TestCertificate({ commonName: 'x' }).encryptedKey('secret');
    expect(() => createPrivateKey(encrypted)).toThrow();
    expect(createPrivateKey({ key: encrypted, passphrase: 'secret' }).asymmetricKeyType).toBe('ec');
  });
});
