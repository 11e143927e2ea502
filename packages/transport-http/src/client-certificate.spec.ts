import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { FakeHost, TestCertificate } from '@device-messaging/testkit';
import { fastify, type FastifyInstance } from 'fastify';
import { HttpTransport } from './http-transport.js';

const server = new TestCertificate({ commonName: 'localhost' });
const authority = new TestCertificate({ commonName: 'Authority', isAuthority: true });
const own = new TestCertificate({ commonName: 'device' });
const issued = new TestCertificate({ commonName: 'device', issuer: authority });

let host: FakeHost;
let app: FastifyInstance;

beforeEach(async () => {
  host = new FakeHost();
  const transport = new HttpTransport();
  transport.start(host);
  const https = {
    cert: server.cert,
    key: server.key,
    ca: authority.cert,
    requestCert: true,
    rejectUnauthorized: false,
  };
  app = fastify({ https, forceCloseConnections: true });
  await app.register(transport.routes, { authorityTenantId: 'tenant-1' });
  await app.listen({ host: '127.0.0.1', port: 0 });
});

afterEach(async () => {
  await app.close();
});

async function status(certificate: TestCertificate | undefined, headers = {}): Promise<number | undefined> {
  const { port } = app.server.address() as AddressInfo;
  const client = certificate === undefined ? {} : { cert: certificate.cert, key: certificate.key };
  const agent = new Agent({ ca: server.cert, ...client });
  const response = await new Promise<import('node:http').IncomingMessage>((resolve, reject) => {
    request({ host: '127.0.0.1', port, agent, path: '/api/v1/me/attributes', headers }, resolve)
      .once('error', reject)
      .end();
  });
  await text(response);
  agent.destroy();
  return response.statusCode;
}

test('HTTP-2: me is the device of the client certificate', async () => {
  expect(await status(own)).toBe(200);
  expect(host.credentials).toEqual([{ type: 'X509_CERTIFICATE', secret: own.der }]);
});

test('HTTP-2: the listener’s authority vouches for what it issued', async () => {
  expect(await status(issued)).toBe(200);
  expect(host.credentials).toEqual([{ type: 'X509_CERTIFICATE', secret: issued.der, authorityTenantId: 'tenant-1' }]);
});

test('HTTP-2: a token counts before the certificate', async () => {
  expect(await status(own, { authorization: 'Bearer token-1' })).toBe(200);
  expect(host.credentials).toEqual([{ type: 'ACCESS_TOKEN', secret: 'token-1' }]);
});

test('HTTP-3: neither token nor certificate, or one that no device has, is 401', async () => {
  expect(await status(undefined)).toBe(401);
  host.verdict = () => undefined;
  expect(await status(own)).toBe(401);
});
