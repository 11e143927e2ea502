import { randomInt, X509Certificate } from 'node:crypto';
import type { CredentialsRow } from '@device-messaging/host-api';
import { digestOf } from '../auth/refresh-token.js';
import { invalid } from '../problem/problem.js';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** As long as ThingsBoard's, and of the same characters: 119 random bits, and no shell or URL trips over them. */
const LENGTH = 20;

/** Credentials as registries keep them. */
export type DeviceSecret = Omit<CredentialsRow, 'deviceId'>;

export function newAccessToken(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

export function tokenSecret(token: string): DeviceSecret {
  return { type: 'ACCESS_TOKEN', digest: digestOf(token) };
}

/**
 * The certificate itself is the device's credential: SHA-256 of its DER bytes, whoever issued it.
 * @throws Problem 400 when it is no certificate in PEM
 */
export function certificateSecret(pem: string): DeviceSecret {
  // Node would take DER, too, and whatever surrounds a PEM block.
  if (!pem.trimStart().startsWith('-----BEGIN CERTIFICATE-----')) throw notPem();
  try {
    return { type: 'X509_CERTIFICATE', digest: digestOf(new X509Certificate(pem).raw) };
  } catch {
    throw notPem();
  }
}

function notPem(): Error {
  return invalid('x509', 'must be one certificate as PEM: -----BEGIN CERTIFICATE-----');
}
