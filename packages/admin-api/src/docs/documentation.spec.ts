import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { AdminBench } from '../spec-support/admin-bench.js';
import type { DocumentedOperation } from '../spec-support/document-check.js';

let bench: AdminBench;

beforeAll(async () => {
  bench = await AdminBench.open();
});

afterAll(() => bench.close());

/** Every schema in a document. */
function* schemasIn(value: unknown): Generator<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return;
  if ('type' in value) yield value;
  for (const content of Object.values(value)) yield* schemasIn(content);
}

function operations(): readonly DocumentedOperation[] {
  return bench.document!.operations.map(({ operation }) => operation);
}

test('ADM-16: the document is OpenAPI 3.1, and each operation has an id of its own, a summary, a tag', async () => {
  const { status, headers, body } = await bench.ask('GET', '/api/openapi.json');
  expect([status, headers['content-type'], body.openapi]).toEqual([200, 'application/json; charset=utf-8', '3.1.0']);
  const ids = operations().map(({ operationId }) => operationId);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.length).toBeGreaterThan(50);
  for (const operation of operations()) {
    expect(operation).toMatchObject({
      operationId: expect.any(String),
      summary: expect.any(String),
      tags: [expect.any(String)],
    });
  }
});

test('ADM-16: it has every path of the contract, and what those take', () => {
  const calls = bench.document!.operations.map(({ method, path }) => `${method} ${path}`);
  const contract = `POST /api/auth/login|POST /api/auth/token|POST /api/auth/logout|POST /api/auth/password
GET /api/tenants|POST /api/tenants|GET /api/tenants/{id}|PUT /api/tenants/{id}|DELETE /api/tenants/{id}
GET /api/tenants/{id}/users|POST /api/tenants/{id}/users|GET /api/users|POST /api/users
GET /api/customers|POST /api/customers|GET /api/customers/{id}|PUT /api/customers/{id}|DELETE /api/customers/{id}
GET /api/devices|POST /api/devices|GET /api/devices/{id}|PUT /api/devices/{id}|DELETE /api/devices/{id}
PUT /api/devices/{id}/customer|POST /api/devices/{id}/credentials|POST /api/devices/import|POST /api/devices/{id}/rpc
GET /api/plugin-types|GET /api/plugins|POST /api/plugins|GET /api/plugins/{id}|PUT /api/plugins/{id}|DELETE /api/plugins/{id}
POST /api/plugins/{id}/activate|POST /api/plugins/{id}/suspend|GET /api/plugins/{id}/customers|PUT /api/plugins/{id}/customers
PUT /api/plugins/{id}/customers/{customerId}|DELETE /api/plugins/{id}/customers/{customerId}
GET /api/rules|POST /api/rules|GET /api/rules/{id}|PUT /api/rules/{id}|DELETE /api/rules/{id}
POST /api/rules/{id}/activate|POST /api/rules/{id}/suspend|GET /api/tenants/{id}/quotas|PUT /api/tenants/{id}/quotas
GET /api/customers/{id}/quotas|PUT /api/customers/{id}/quotas|GET /api/devices/{id}/quotas|PUT /api/devices/{id}/quotas
POST /api/import|GET /api/export|GET /api/events`.split(/[|\n]/);
  expect(contract.filter((call) => !calls.includes(call))).toEqual([]);
  const bodies = Object.fromEntries(
    operations().map((one) => [one.operationId, Object.keys(one.requestBody?.content ?? {})]),
  );
  expect(bodies).toMatchObject({ importDevices: ['text/csv'], createDevice: ['application/json'], getDevice: [] });
});

test('ADM-9: every object that a request may hold is closed, every text and list bounded', () => {
  // What is said by another schema (settings, files), or is any JSON.
  const open = new Set(['importFile', 'callDevice']);
  for (const operation of operations().filter(({ operationId }) => !open.has(operationId))) {
    const shapes = [
      operation.requestBody?.content['application/json']?.schema,
      operation.parameters?.map(({ schema }) => schema),
    ];
    for (const schema of schemasIn(shapes)) {
      const types = [schema.type].flat();
      const where = `${operation.operationId}: ${JSON.stringify(schema).slice(0, 100)}`;
      if (types.includes('object') && schema['x-storable'] !== true) {
        expect([where, schema.additionalProperties !== undefined && schema.additionalProperties !== true]).toEqual([
          where,
          true,
        ]);
      }
      if (types.includes('string')) {
        const isBounded =
          [schema.maxLength, schema.enum].some((rule) => rule !== undefined) || /\{8\}/.test(String(schema.pattern));
        expect([where, isBounded]).toEqual([where, true]);
      }
      if (types.includes('array')) expect([where, typeof schema.maxItems]).toEqual([where, 'number']);
    }
  }
});

test('ADM-16: the page shows every operation, without script and without anything from elsewhere', async () => {
  const { status, headers, text } = await bench.ask('GET', '/api/docs');
  expect([status, headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
  for (const { operationId } of operations()) expect(text).toContain(`<details id="${operationId}">`);
  expect(text).not.toMatch(/<script|javascript:|onload=|https?:\/\/(?!www\.w3)/i);
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toContain('unsafe');
  const [, style = ''] = /<style>([\s\S]*)<\/style>/.exec(text) ?? [];
  expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
});

test('ADM-16: both are open to anyone and speak of nobody', async () => {
  for (const url of ['/api/openapi.json', '/api/docs']) {
    const { text } = await bench.ask('GET', url);
    expect(text).not.toMatch(/Tenant one|Customer of one/);
    expect((await bench.ask('HEAD', url)).status).toBe(200);
  }
});
