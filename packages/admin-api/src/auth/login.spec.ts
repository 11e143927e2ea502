import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { AdminBench, PASSWORD } from '../spec-support/admin-bench.js';

let bench: AdminBench;

beforeEach(async () => {
  bench = await AdminBench.open();
});

afterEach(() => bench.close());

const CUSTOMERS = '/api/tenants';

describe('logging in', () => {
  test('ADM-1: yields an access token that is taken in both headers', async () => {
    const { status, body } = await bench.login('root');
    expect(status).toBe(200);
    expect(body).toEqual({ token: expect.any(String), refreshToken: expect.any(String), expiresIn: 900 });
    const authorization = { authorization: `Bearer ${body.token}` };
    expect((await bench.ask('GET', CUSTOMERS, { headers: authorization })).status).toBe(200);
    const ofThingsBoard = { 'x-authorization': `bearer ${body.token}` };
    expect((await bench.ask('GET', CUSTOMERS, { headers: ofThingsBoard })).status).toBe(200);
  });

  test('ADM-1: names are taken in any case', async () => {
    expect((await bench.login('ROOT')).status).toBe(200);
  });
});
