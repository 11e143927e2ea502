import { createHash, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { JsonText, RpcError, type RpcErrorCode } from '@device-messaging/plugin-api';
import { TestCertificate } from '@device-messaging/testkit';
import type { AdminBench, Told } from '../spec-support/admin-bench.js';
import { openWorld, type World } from '../spec-support/world.js';

let world: World;
let bench: AdminBench;

beforeAll(async () => {
  world = await openWorld();
  ({ bench } = world);
});

afterAll(() => bench.close());

const sha256 = (secret: string | Uint8Array): string => createHash('sha256').update(secret).digest('hex');

function make(body: object, as = 'one'): Promise<Told> {
  return bench.ask('POST', '/api/devices', { as, body });
}

describe('ADM-23: a device', () => {
  test('is made with an access token that is shown this once and kept as a digest', async () => {
    const { body } = await make({ name: 'Pump' });
    expect(body).toEqual({
      id: expect.any(String),
      name: 'Pump',
      type: 'default',
      customerId: null,
      createdAt: bench.timers.now(),
      online: false,
      token: expect.stringMatching(/^[A-Za-z0-9]{20}$/),
    });
    expect(bench.registry.findDeviceByCredentials('ACCESS_TOKEN', sha256(body.token))?.id).toBe(body.id);
    for (const url of [`/api/devices/${body.id}`, '/api/devices?limit=1000', '/api/export', '/api/events']) {
      expect((await bench.ask('GET', url, { as: 'one' })).text).not.toContain(body.token);
    }
  });

  test('is made with a token, a type, a customer and an id of your own', async () => {
    const id = '784f394c-42b6-435a-983c-b7beff2784f9';
    const given = { name: 'Own', type: 'pump', customerId: world.one.customer.toUpperCase(), token: 'Own token, ü' };
    const { status, body } = await make({ ...given, id: id.toUpperCase() });
    expect([status, body.id, body.customerId, body.token]).toEqual([201, id, world.one.customer, given.token]);
    expect((await make({ ...given, id, token: 'another' })).status).toBe(409);
  });

  test('has a token that no other device has: it is not made with one that is taken', async () => {
    const before = (await bench.ask('GET', '/api/devices?limit=1000', { as: 'two' })).body.items.length;
    const { status, body } = await make({ name: 'Thief', token: 'one-token' }, 'two');
    expect([status, body.type]).toEqual([409, 'urn:device-messaging:problem:already-exists']);
    expect((await bench.ask('GET', '/api/devices?limit=1000', { as: 'two' })).body.items).toHaveLength(before);
  });

  test('keeps the type that a change does not name', async () => {
    const { body } = await make({ name: 'a', type: 'pump' });
    const told = await bench.ask('PUT', `/api/devices/${body.id}`, { as: 'one', body: { name: 'b' } });
    expect(told.body).toMatchObject({ name: 'b', type: 'pump' });
  });

  test('is not made over a quota', async () => {
    const { tenantId } = await bench.addTenant('full');
    await bench.ask('PUT', `/api/tenants/${tenantId}/quotas`, { as: 'root', body: { devices: 1 } });
    expect((await make({ name: 'First' }, 'full')).status).toBe(201);
    const { status, body } = await make({ name: 'Second' }, 'full');
    expect([status, body.type]).toEqual([409, 'urn:device-messaging:problem:over-quota']);
  });
});

describe('ADM-24: new credentials', () => {
  test.each([undefined, {}])("are a new token, and the old one is nobody's: %j", async (body) => {
    const { body: device } = await make({ name: 'Rotated' });
    const { status, body: answer } = await bench.ask('POST', `/api/devices/${device.id}/credentials`, {
      as: 'one',
      ...(body && { body }),
    });
    expect([status, Object.keys(answer)]).toEqual([200, ['token']]);
    expect(bench.registry.findDeviceByCredentials('ACCESS_TOKEN', sha256(device.token))).toBeUndefined();
    expect(bench.registry.findDeviceByCredentials('ACCESS_TOKEN', sha256(answer.token))?.id).toBe(device.id);
  });

  test('are a certificate, known by the SHA-256 of its DER bytes', async () => {
    const { body: device } = await make({ name: 'With certificate' });
    const certificate = new TestCertificate({ commonName: 'device' });
    const url = `/api/devices/${device.id}/credentials`;
    const { status, body } = await bench.ask('POST', url, { as: 'one', body: { x509: certificate.cert } });
    const digest = sha256(new X509Certificate(certificate.cert).raw);
    expect([status, body]).toEqual([200, { x509: digest }]);
    expect(bench.registry.findDeviceByCredentials('X509_CERTIFICATE', digest)?.id).toBe(device.id);
    const { body: other } = await make({ name: 'Other' });
    const again = await bench.ask('POST', `/api/devices/${other.id}/credentials`, {
      as: 'one',
      body: { x509: certificate.cert },
    });
    expect(again.status).toBe(409);
  });

  test.each(['', 'x', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----', '-----BEGIN PRIVATE KEY-----'])(
    'are refused when they are no certificate: %j',
    async (x509) => {
      const url = `/api/devices/${world.one.device}/credentials`;
      const { status, body } = await bench.ask('POST', url, { as: 'one', body: { x509 } });
      expect([status, body.errors[0]?.path]).toEqual([400, 'x509']);
    },
  );

  test('are given to the version of the device that If-Match names', async () => {
    const url = `/api/devices/${world.one.device}/credentials`;
    expect((await bench.ask('POST', url, { as: 'one', headers: { 'if-match': '"99"' } })).status).toBe(412);
  });

  test('ADM-12: make another version of the device; of two who know the same one, one gets them', async () => {
    const { body: device } = await make({ name: 'Rotated' });
    const url = `/api/devices/${device.id}/credentials`;
    const ifMatch = { as: 'one', headers: { 'if-match': '"1"' } };
    const told = await Promise.all([bench.ask('POST', url, ifMatch), bench.ask('POST', url, ifMatch)]);
    expect(told.map(({ status }) => status).sort()).toEqual([200, 412]);
    const [{ body, headers }] = told.filter(({ status }) => status === 200) as [Told];
    expect(headers.etag).toBe('"2"');
    const found = bench.registry.findCredentials(device.id);
    expect(found?.digest).toBe(createHash('sha256').update(body.token).digest('hex'));
  });
});

test('ADM-25: a device is assigned to a customer, and to none', async () => {
  const { body: device } = await make({ name: 'Moved' });
  const url = `/api/devices/${device.id}/customer`;
  const { customer } = world.one;
  const assigned = await bench.ask('PUT', url, { as: 'one', body: { customerId: customer.toUpperCase() } });
  expect([assigned.status, assigned.body.customerId, assigned.headers.etag]).toEqual([200, customer, '"2"']);
  expect((await bench.ask('PUT', url, { as: 'one', body: { customerId: null } })).body.customerId).toBeNull();
  expect((await bench.ask('PUT', url, { as: 'one', body: {} })).status).toBe(400);
  await bench.ask('PUT', `/api/customers/${customer}/quotas`, { as: 'one', body: { devices: 0 } });
  expect((await bench.ask('PUT', url, { as: 'one', body: { customerId: customer } })).status).toBe(409);
  await bench.ask('PUT', `/api/customers/${customer}/quotas`, { as: 'one', body: {} });
});

describe('ADM-26: devices are filtered', () => {
  test('by customer, name, type and whether they are online', async () => {
    const { body: one } = await make({ name: 'Filtered', type: 'filtered', customerId: world.one.customer });
    const { body: two } = await make({ name: 'Filtered', type: 'filtered' });
    bench.host.online.add(two.id);
    const ids = async (query: string) =>
      (await bench.ask('GET', `/api/devices?limit=1000&${query}`, { as: 'one' })).body.items.map(({ id }) => id);
    expect(await ids('type=filtered')).toEqual([one.id, two.id]);
    expect(await ids('name=Filtered&online=true')).toEqual([two.id]);
    expect(await ids('name=Filtered&online=false')).toEqual([one.id]);
    expect(await ids(`type=filtered&customerId=${world.one.customer}`)).toEqual([one.id]);
    expect(await ids('name=filtered')).toEqual([]);
    expect((await bench.ask('GET', `/api/devices/${two.id}`, { as: 'one' })).body.online).toBe(true);
    expect((await bench.ask('GET', '/api/devices?online=yes', { as: 'one' })).status).toBe(400);
  });

  test('by online, in pages that lose none, however rare they are', async () => {
    await bench.addTenant('large');
    const { tenantId } = bench.accounts.findUserSecret('large')!.user;
    const online: string[] = [];
    for (let index = 0; index < 12_000; index++) {
      const { id } = bench.registry.createDevice({ tenantId: tenantId!, customerId: undefined, name: 'd', type: 't' });
      if (index % 4_500 === 10) online.push(id);
    }
    for (const id of online) bench.host.online.add(id);
    const seen: string[] = [];
    let after = '';
    let pages = 0;
    do {
      const { body } = await bench.ask('GET', `/api/devices?online=true&limit=2${after}`, { as: 'large' });
      seen.push(...body.items.map(({ id }) => id));
      after = body.next === undefined ? '' : `&after=${body.next}`;
      pages++;
    } while (after !== '' && pages < 10);
    expect(seen).toEqual(online);
  });
});

describe('ADM-27: a call', () => {
  async function call(body: unknown, as = 'one') {
    bench.host.calls.length = 0;
    const told = await bench.ask('POST', `/api/devices/${world.one.device.toUpperCase()}/rpc`, { as, body });
    return { told, asked: bench.host.calls[0] };
  }

  test('is made as the tenant; params and reply are passed on byte for byte', async () => {
    const reply = ' {"a": 12345678901234567890, "b":1.10,"a":-0, "c":1e400}';
    bench.host.reply = () => Promise.resolve(JsonText.fromString(reply));
    const params = '{ "n":98765432109876543210 ,"n":1.50, "t":"\\u00e9" }';
    const { told, asked } = await call(`{"method":"set", "par\\u0061ms" :${params}\n,"timeout":5000}`);
    expect([told.status, told.text]).toEqual([200, reply]);
    expect(told.headers['content-type']).toBe('application/json; charset=utf-8');
    expect({ ...asked, params: asked?.params.toString() }).toEqual({
      tenantId: world.one.tenant,
      deviceId: world.one.device,
      method: 'set',
      params,
      timeoutMs: 5_000,
      oneway: undefined,
    });
  });

  test.each([
    ['{"method":"x"}', 'null', 20_000, undefined],
    ['{"method":"x","params":null,"oneway":true,"timeout":1}', 'null', 1, true],
    ['{"params":{},"params":[1.0],"method":"x"}', '[1.0]', 20_000, undefined],
    ['{"method":"params","params":"params"}', '"params"', 20_000, undefined],
  ])('reads %s', async (body, params, timeoutMs, oneway) => {
    bench.host.reply = () => Promise.resolve(JsonText.NULL);
    const { told, asked } = await call(body);
    expect([told.status, told.text]).toEqual([200, 'null']);
    expect([asked?.params.toString(), asked?.timeoutMs, asked?.oneway]).toEqual([params, timeoutMs, oneway]);
  });

  test.each<[RpcErrorCode, number]>([
    ['NO_ACTIVE_CONNECTION', 409],
    ['TIMEOUT', 504],
    ['INVALID_RESPONSE', 502],
    ['MESSAGE_TOO_LARGE', 413],
    ['TOO_MANY_WAITING', 429],
    ['RATE_LIMIT_EXCEEDED', 429],
    ['TARGET_NOT_FOUND', 404],
    ['INTERNAL', 500],
  ])('that ends with %s is %i', async (code, status) => {
    bench.host.reply = () => Promise.reject(new RpcError(code));
    const { told } = await call({ method: 'x' });
    expect(told.status).toBe(status);
    expect(told.headers['retry-after']).toBe(status === 429 ? '1' : undefined);
  });

  test.each([
    {},
    { method: '' },
    { method: 'x', timeout: 0 },
    { method: 'x', timeout: 60_001 },
    { method: 'x', timeout: 1.5 },
  ])('is refused: %j', async (body) => {
    const { told, asked } = await call(body);
    expect([told.status, asked]).toEqual([400, undefined]);
  });

  test('leaves an event, without params', async () => {
    bench.host.reply = () => Promise.resolve(JsonText.NULL);
    await call({ method: 'unlock', params: { pin: 'secret-pin' } }, 'one-customer');
    expect(bench.events.rows.at(-1)?.body).toMatchObject({
      action: 'CALL',
      details: { method: 'unlock' },
      username: 'one-customer',
    });
    expect(JSON.stringify(bench.events.rows)).not.toContain('secret-pin');
  });
});
