import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RunningServer } from '../server.js';
import { A1, ServerBench } from '../spec-support/server-bench.js';
import { StartError } from '../start-error.js';

const A2 = 'aa435e80-9fce-11e6-8080-808080808080';
/** A page is given again for a second. */
const FRESH_MS = 1_000;

describe('metrics', () => {
  let bench: ServerBench;
  let server: RunningServer;

  beforeEach(() => {
    bench = new ServerBench();
  });

  afterEach(() => bench.stop());

  const start = async (environment: NodeJS.ProcessEnv = {}): Promise<void> => {
    server = await bench.start(environment);
  };

  const ask = async (path: string, init: RequestInit = {}, port = server.http.port): Promise<Response> =>
    fetch(`http://127.0.0.1:${port}${path}`, init);

  /** Values by series. */
  const read = (text: string): ReadonlyMap<string, number> =>
    new Map(
      text
        .split('\n')
        .filter((line) => line !== '' && !line.startsWith('#'))
        .map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
    );

  const scrape = async (): Promise<ReadonlyMap<string, number>> => read(await (await ask('/metrics')).text());

  /** One that is made after now. */
  const freshScrape = async (): Promise<ReadonlyMap<string, number>> => {
    const end = Date.now() + FRESH_MS + 1;
    while (Date.now() < end) await new Promise((resolve) => setTimeout(resolve, end - Date.now()));
    return scrape();
  };

  const call = (token: string, body: string): Promise<Response> =>
    ask(`/api/v1/${token}/rpc`, { method: 'POST', body });

  it('OPS-1: are text that Prometheus reads: each family once, with help and type before its samples', async () => {
    await start();
    const answer = await ask('/metrics');
    expect([answer.status, answer.headers.get('content-type'), answer.headers.get('cache-control')]).toEqual([
      200,
      'text/plain; version=0.0.4; charset=utf-8',
      'no-store',
    ]);
    const text = await answer.text();
    expect(text.endsWith('\n')).toBe(true);
    let [family, type] = ['', ''];
    const families: string[] = [];
    for (const line of text.split('\n').filter((line) => line !== '')) {
      const [, what, name = '', rest = ''] = /^# (HELP|TYPE) ([a-z0-9_]+) (.+)$/.exec(line) ?? [];
      if (what === 'HELP') families.push((family = name));
      else if (what === 'TYPE') [type] = [rest];
      else {
        const [, series = ''] = /^([a-z0-9_]+)(\{(?:[a-z]+="[^"\\\n]*",?)+\})? (?:Nan|-?[0-9.e+-]+)$/.exec(line) ?? [
          line,
        ];
        expect([line, series.replace(/_(bucket|sum|count)$/, type === 'histogram' ? '' : '$&')]).toEqual([
          line,
          family,
        ]);
      }
      expect(what === 'TYPE' ? name : family).toBe(family);
    }
    expect(new Set(families).size).toBe(families.length);
  });

  it('OPS-1: tell what happened, from the first time on', async () => {
    await start();
    const before = await scrape();
    expect(before.get('device_messaging_requests_total{outcome="OK"}')).toBe(0);
    expect(before.get('device_messaging_quota_refusals_total{what="session"}')).toBe(0);
    expect(before.get('device_messaging_database_up')).toBe(1);

    await call(A1.token, '{"method":"getDevices"}');
    await call(A1.token, '{');
    await server.registry.putQuotas({ kind: 'device', id: A2 }, { messagesPerSecond: 0, connections: 1 });
    const held = ask('/api/v1/A2_TEST_TOKEN/rpc?timeout=60000');
    while (server.control.statistics().sessions === 0) await new Promise(setImmediate);
    expect((await call('A2_TEST_TOKEN', '{"method":"getDevices"}')).status).toBe(429);
    const { outcomes, after } = { outcomes: 'device_messaging_requests_total', after: await freshScrape() };
    expect(after.get(`${outcomes}{outcome="OK"}`)).toBe(1);
    expect(after.get(`${outcomes}{outcome="INVALID_REQUEST"}`)).toBe(1);
    expect(after.get('device_messaging_quota_refusals_total{what="session"}')).toBe(1);
    expect(after.get('device_messaging_sessions{transport="http"}')).toBe(1);
    expect(after.get('device_messaging_sessions{transport="mqtt"}')).toBe(0);
    expect(after.get('device_messaging_request_duration_seconds_count')).toBe(2);
    expect(after.get('device_messaging_request_duration_seconds_bucket{le="+Inf"}')).toBe(2);
    expect(after.get('device_messaging_request_duration_seconds_bucket{le="0.001"}')).toBeGreaterThanOrEqual(0);
    expect(after.get('device_messaging_cache_misses_total')).toBeGreaterThan(0);
    await bench.stop();
    expect((await held).status).toBe(503);
  });

  it('OPS-1: tell of the process and its event loop', async () => {
    await start();
    const told = await scrape();
    for (const name of [
      'process_cpu_seconds_total',
      'process_resident_memory_bytes',
      'process_start_time_seconds',
      'nodejs_eventloop_lag_p99_seconds',
      'nodejs_heap_size_used_bytes',
    ]) {
      expect([name, Number.isFinite(told.get(name))]).toEqual([name, true]);
    }
  });

  it('OPS-3, OPS-4: have the same series whatever devices and tenants say, and list no connections', async () => {
    await start();
    const names = (told: ReadonlyMap<string, number>): readonly string[] => [...told.keys()].sort();
    const own = (told: ReadonlyMap<string, number>): readonly string[] =>
      names(told).filter((name) => name.startsWith('device_messaging_'));
    const before = await scrape();
    for (let n = 0; n < 30; n++) {
      await call(A1.token, JSON.stringify({ method: `chosen-${n}"}\n` }));
      await call(`chosen-${n}`, '{}');
    }
    const { id: tenantId } = await server.registry.createTenant({ title: 'chosen' });
    await server.registry.createCustomer({ tenantId, title: 'chosen' });
    const after = await freshScrape();
    expect(own(after)).toEqual(own(before));
    expect(names(after).join('\n')).not.toMatch(/chosen|[0-9a-f]{8}-[0-9a-f]{4}/);
    expect(names(after).filter((name) => /active_(handles|requests|resources)/.test(name))).toEqual([]);
  });

  it('OPS-4: are made at most once a second, however many ask', async () => {
    await start();
    const reads = readsOfStatistics(server);
    const pages = await Promise.all(Array.from({ length: 50 }, async () => (await ask('/metrics')).text()));
    expect(new Set(pages).size).toBeLessThanOrEqual(2);
    expect(reads()).toBeLessThanOrEqual(2);
  });

  it('OPS-2: are on the HTTP port, and take GET and HEAD', async () => {
    await start();
    expect(server.metrics).toBeUndefined();
    expect((await ask('/metrics', { method: 'HEAD' })).status).toBe(200);
    const refused = await ask('/metrics', { method: 'POST' });
    expect([refused.status, refused.headers.get('allow')]).toEqual([405, 'GET, HEAD']);
  });

  it('OPS-2: are on their own port alone when they have one, on this machine', async () => {
    await start({ METRICS_BIND_PORT: '0' });
    const { metrics } = server;
    expect(metrics?.address).toBe('127.0.0.1');
    const told = await ask('/metrics', {}, metrics?.port);
    expect([told.status, read(await told.text()).get('device_messaging_database_up')]).toEqual([200, 1]);
    expect((await ask('/metrics')).status).toBe(404);
    for (const path of ['/api/devices', '/health/live', '/api/v1/A1_TEST_TOKEN/rpc', '/']) {
      expect([path, (await ask(path, {}, metrics?.port)).status]).toEqual([path, 404]);
    }
    const open = connect(metrics!.port, '127.0.0.1');
    await once(open, 'connect');
    const closed = once(open, 'close');
    open.resume();
    await bench.stop();
    await closed;
    await expect(ask('/metrics', {}, metrics?.port)).rejects.toThrow();
  });

  it('OPS-2: a port of theirs that is taken is named', async () => {
    await start({ METRICS_BIND_PORT: '0' });
    const taken = server.metrics!.port;
    const other = new ServerBench();
    try {
      await expect(other.start({ METRICS_BIND_PORT: String(taken) })).rejects.toThrow(StartError);
      await expect(other.start({ METRICS_BIND_PORT: String(taken) })).rejects.toThrow(
        `Port ${taken} on 127.0.0.1 is taken (Metrics). Stop the other program or set METRICS_BIND_PORT.`,
      );
    } finally {
      await other.stop();
    }
  });
});

/** How often the host's statistics were read from now on. */
function readsOfStatistics({ control }: RunningServer): () => number {
  const statistics = control.statistics.bind(control);
  let reads = 0;
  control.statistics = () => {
    reads++;
    return statistics();
  };
  return () => reads;
}
