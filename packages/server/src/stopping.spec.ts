import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningServer } from './server.js';
import { Administrator } from './spec-support/administrator.js';
import { A1, ServerBench } from './spec-support/server-bench.js';

describe('a server that stops', () => {
  let bench: ServerBench;
  let server: RunningServer;
  let administrator: Administrator;

  beforeEach(async () => {
    bench = new ServerBench();
    server = await bench.start({}, 'host: { drainTimeoutMs: 3000 }\n');
    administrator = new Administrator(server.http.port);
    await administrator.logIn();
  });

  afterEach(() => bench.stop());

  /** A call of the tenant that A1 was handed: what A1 was told, and what the tenant is told in the end. */
  const callUnderWay = async (): Promise<{
    readonly id: number;
    readonly answer: Promise<{ status: number; text: string }>;
  }> => {
    const poll = fetch(`http://127.0.0.1:${server.http.port}/api/v1/${A1.token}/rpc`);
    while (server.control.statistics().sessions === 0) await new Promise(setImmediate);
    const answer = administrator.ask('POST', `/api/devices/${A1.id}/rpc`, { method: 'reboot', timeout: 60_000 });
    const { id } = (await (await poll).json()) as { id: number };
    return { id, answer };
  };

  it('OPS-13: lets the calls of administrators finish, and takes no new requests', async () => {
    const { id, answer } = await callUnderWay();
    const stopping = server.stop();
    const refused = await administrator.ask('GET', '/api/devices');
    expect(refused.body).toMatchObject({ status: 503, detail: 'The server is stopping. Try again.' });
    expect([refused.headers.get('retry-after'), refused.headers.get('connection')]).toEqual(['1', 'close']);
    expect(refused.headers.get('x-request-id')).not.toBeNull();
    const reply = `http://127.0.0.1:${server.http.port}/api/v1/${A1.token}/rpc/${id}`;
    expect((await fetch(reply, { method: 'POST', body: '"done"' })).status).toBe(200);
    const { status, text } = await answer;
    expect([status, text]).toEqual([200, '"done"']);
    const before = performance.now();
    await stopping;
    expect(performance.now() - before).toBeLessThan(2_000);
  });

  it('OPS-13: answers the calls of administrators that are left', async () => {
    const { answer } = await callUnderWay();
    const before = performance.now();
    const stopping = server.stop();
    expect((await answer).status).toBe(504);
    expect(performance.now() - before).toBeGreaterThan(2_500);
    await stopping;
  });

  it('OPS-13: lets the changes of administrators finish, though nothing else is under way', async () => {
    let begun: () => void = () => undefined;
    let go: () => void = () => undefined;
    const [isBegun, mayGo] = [
      new Promise<void>((resolve) => (begun = resolve)),
      new Promise<void>((resolve) => (go = resolve)),
    ];
    const create = server.registry.createDevice.bind(server.registry);
    server.registry.createDevice = async (device) => {
      begun();
      await mayGo;
      return create(device);
    };
    const answer = administrator.ask('POST', '/api/devices', { name: 'Late' });
    await isBegun;
    const stopping = server.stop();
    setTimeout(go, 100);
    expect((await answer).status).toBe(201);
    await stopping;
  });

  it('OPS-14: is gone at once when nothing is in flight', async () => {
    const poll = fetch(`http://127.0.0.1:${server.http.port}/api/v1/${A1.token}/rpc`);
    while (server.control.statistics().sessions === 0) await new Promise(setImmediate);
    const before = performance.now();
    await server.stop();
    expect(performance.now() - before).toBeLessThan(2_000);
    expect((await poll).status).toBe(503);
  });
});
