import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '../start-error.js';
import { readSettings } from './read-settings.js';

function linesOf(read: () => unknown): readonly string[] {
  try {
    read();
  } catch (error) {
    if (error instanceof StartError) return error.lines;
    throw error;
  }
  return [];
}

describe('settings from the environment', () => {
  const read = (environment: NodeJS.ProcessEnv, demo = false) => readSettings({ environment, demo });

  it('are the defaults when it sets nothing', () => {
    const settings = read({});
    expect(settings.mqtt).toMatchObject({ bindAddress: '0.0.0.0', bindPort: 1883 });
    expect(settings.http).toMatchObject({ bindAddress: '0.0.0.0', bindPort: 8080, tlsBindPort: 8443, corsOrigins: [] });
    expect(settings.coap).toMatchObject({ bindAddress: '0.0.0.0', bindPort: 5683 });
    expect(settings.tls).toEqual({ certFile: '', keyFile: '', clientCaFile: '', clientCaTenantId: '' });
    expect(settings.dataDir).toBe('./data');
    expect(settings.logLevel).toBe('info');
    expect(settings.host.drainTimeoutMs).toBe(10_000);
  });

  it('OPS-2: leave metrics on the HTTP port, believe no proxy, and keep events for 90 days', () => {
    const settings = read({});
    expect(settings.metrics).toEqual({ bindAddress: '127.0.0.1', bindPort: undefined });
    expect(settings.http.trustProxy).toEqual([]);
    expect(settings.retention).toEqual({ eventDays: 90, maxEventsPerTenantAndType: 100_000, periodMs: 600_000 });
  });

  it('OPS-8: name the proxies that are believed, separated by commas', () => {
    const { http } = read({ HTTP_TRUST_PROXY: '10.0.0.0/8, fd00::1,loopback' });
    expect(http.trustProxy).toEqual(['10.0.0.0/8', 'fd00::1', 'loopback']);
  });

  it('are what its variables say', () => {
    const settings = read({
      MQTT_BIND_ADDRESS: '10.0.0.1',
      MQTT_BIND_PORT: '0',
      HTTP_BIND_ADDRESS: '::1',
      HTTP_BIND_PORT: '65535',
      DATA_DIR: '/var/lib/dm',
      LOG_LEVEL: 'debug',
    });
    expect(settings.mqtt).toMatchObject({ bindAddress: '10.0.0.1', bindPort: 0 });
    expect(settings.http).toMatchObject({ bindAddress: '::1', bindPort: 65_535 });
    expect(settings).toMatchObject({ dataDir: '/var/lib/dm', logLevel: 'debug' });
  });

  it('keep the demo account to this machine, unless told otherwise', () => {
    expect(read({}, true).mqtt.bindAddress).toBe('127.0.0.1');
    expect(read({}, true).http.bindAddress).toBe('127.0.0.1');
    expect(read({ MQTT_BIND_ADDRESS: '0.0.0.0' }, true).mqtt.bindAddress).toBe('0.0.0.0');
  });

  it('take an empty variable for one that is not set', () => {
    expect(read({ MQTT_BIND_PORT: '', LOG_LEVEL: '' })).toEqual(read({}));
  });

  it.each([
    [{ MQTT_BIND_PORT: 'abc' }, 'mqtt.bindPort (MQTT_BIND_PORT): must be an integer from 0 to 65535, got "abc"'],
    [{ MQTT_BIND_PORT: '65536' }, 'mqtt.bindPort (MQTT_BIND_PORT): must be an integer from 0 to 65535, got 65536'],
    [{ HTTP_BIND_PORT: '-1' }, 'http.bindPort (HTTP_BIND_PORT): must be an integer from 0 to 65535, got -1'],
    [{ HTTP_BIND_PORT: '80.5' }, 'http.bindPort (HTTP_BIND_PORT): must be an integer from 0 to 65535, got "80.5"'],
    [{ MQTT_BIND_ADDRESS: ' ' }, 'mqtt.bindAddress (MQTT_BIND_ADDRESS): must be a text that is not empty, got " "'],
    ...['true', '*', '10.0.0.0/0', '10.0.0.0/33', '10.0.0.0/8/8', 'fe80::1%eth0', 'proxy.example', '10.0.0.1,'].map(
      (text): [NodeJS.ProcessEnv, string] => [
        { HTTP_TRUST_PROXY: text },
        'http.trustProxy (HTTP_TRUST_PROXY): must be a list of IP addresses, networks such as 10.0.0.0/8, or loopback, ' +
          `linklocal, uniquelocal, got ${JSON.stringify(text.split(','))}`,
      ],
    ),
    [{ METRICS_BIND_PORT: 'x' }, 'metrics.bindPort (METRICS_BIND_PORT): must be an integer from 0 to 65535, got "x"'],
    [
      { EVENT_RETENTION_DAYS: '0' },
      'retention.eventDays (EVENT_RETENTION_DAYS): must be an integer from 1 to 36500, got 0',
    ],
    [{ LOG_LEVEL: 'loud' }, 'logLevel (LOG_LEVEL): must be one of debug, info, warn, error, silent, got "loud"'],
  ])('refuse %j', (environment, line) => {
    expect(linesOf(() => read(environment))).toEqual([line]);
  });

  it('name every problem in a line of its own', () => {
    expect(linesOf(() => read({ MQTT_BIND_PORT: 'x', LOG_LEVEL: 'y' }))).toHaveLength(2);
  });
});

describe('settings from a file', () => {
  let directory: string;
  let file: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'settings-'));
    file = join(directory, 'config.yml');
  });

  afterEach(() => rmSync(directory, { recursive: true }));

  const read = (yaml: string, environment: NodeJS.ProcessEnv = {}, demo = false) => {
    writeFileSync(file, yaml);
    return readSettings({ environment, configFile: file, demo });
  };

  it('go before the defaults, those of the demo included', () => {
    const settings = read('mqtt:\n  bindAddress: 10.0.0.1\n  limits: { maxInFlight: 7 }\nlogLevel: warn\n', {}, true);
    expect(settings.mqtt).toMatchObject({ bindAddress: '10.0.0.1', bindPort: 1883 });
    expect(settings.mqtt.limits).toMatchObject({ maxInFlight: 7, maxSubscriptions: 100 });
    expect(settings.http.bindAddress).toBe('127.0.0.1');
    expect(settings.logLevel).toBe('warn');
  });

  it('go behind the environment', () => {
    const settings = read('mqtt: { bindPort: 4000, bindAddress: 10.0.0.1 }', { MQTT_BIND_PORT: '5000' });
    expect(settings.mqtt).toMatchObject({ bindPort: 5000, bindAddress: '10.0.0.1' });
  });

  it('may be none', () => {
    expect(read('')).toEqual(readSettings({ environment: {}, demo: false }));
    expect(read('# nothing yet\n')).toEqual(readSettings({ environment: {}, demo: false }));
  });

  it.each([
    ['mqtt: { bindPort: "1883" }', 'mqtt.bindPort', 'must be an integer from 0 to 65535, got "1883"'],
    ['mqtt: { bindprt: 1 }', 'mqtt.bindprt', 'is not known'],
    ['colour: red', 'colour', 'is not known'],
    ['mqtt: 1883', 'mqtt', 'must be a mapping of settings, got 1883'],
    ['mqtt:', 'mqtt', 'must be a mapping of settings, got null'],
    ['mqtt: [1883]', 'mqtt', 'must be a mapping of settings, got [1883]'],
    [
      'mqtt: { limits: { maxPacketBytes: 1 } }',
      'mqtt.limits.maxPacketBytes',
      'must be an integer from 128 to 268435460, got 1',
    ],
    ['host: { maxWaitingPerDevice: 0 }', 'host.maxWaitingPerDevice', 'must be an integer from 1 to 1000000, got 0'],
    ['metrics: { bindPort: null }', 'metrics.bindPort', 'must be an integer from 0 to 65535, got null'],
    [
      'admin: { limits: { minPasswordLength: 0 } }',
      'admin.limits.minPasswordLength',
      'must be an integer from 1 to 128, got 0',
    ],
    ['cache: { maxEntries: 1 }', 'cache.maxEntries', 'must be an integer from 1000 to 100000000, got 1'],
    ['retention: { periodMs: 1 }', 'retention.periodMs', 'must be an integer from 1000 to 2147483647, got 1'],
    [
      'http: { trustProxy: true }',
      'http.trustProxy',
      'must be a list of IP addresses, networks such as 10.0.0.0/8, or loopback, linklocal, uniquelocal, got true',
    ],
    ['dataDir: 5', 'dataDir', 'must be a text that is not empty, got 5'],
  ])('are refused: %s', (yaml, path, message) => {
    expect(linesOf(() => read(yaml))).toEqual([`${path} (${file}): ${message}`]);
  });

  it('name the variable when it, and not the file, is wrong', () => {
    const lines = linesOf(() => read('mqtt: { bindPort: 4000 }', { MQTT_BIND_PORT: 'x' }));
    expect(lines).toEqual(['mqtt.bindPort (MQTT_BIND_PORT): must be an integer from 0 to 65535, got "x"']);
  });

  it('are refused for a section that is no mapping although a variable names a member of it', () => {
    expect(linesOf(() => read('mqtt: none', { MQTT_BIND_PORT: '1883' }))).toEqual([
      `mqtt (${file}): must be a mapping of settings, got "none"`,
    ]);
  });

  it('name the line of a mistake in the YAML', () => {
    const [line = ''] = linesOf(() => read('mqtt:\n  bindPort: 1883\n bindAddress: x\n'));
    expect(line).toMatch(/config\.yml:3:\d+: \S/);
    expect(line).not.toContain('\n');
  });

  it('say which key stands twice', () => {
    expect(linesOf(() => read('logLevel: info\nlogLevel: warn\n'))).toEqual([`${file}:2:1: Map keys must be unique`]);
  });

  it('are refused for an alias of nothing', () => {
    expect(linesOf(() => read('mqtt: *other\n'))[0]).toContain('other');
  });

  it('are refused when the file is no mapping', () => {
    const expected =
      `${file}: must be a mapping of settings (mqtt, http, coap, tls, host, admin, metrics, cache, retention, ` +
      'dataDir, databaseUrl, logLevel)';
    expect(linesOf(() => read('- mqtt\n'))).toEqual([expected]);
    expect(linesOf(() => read('mqtt\n'))).toEqual([expected]);
  });

  it('are refused when there is no file', () => {
    const missing = join(directory, 'missing.yml');
    const line = `The configuration file ${missing} does not exist. Name a YAML file with --config.`;
    expect(linesOf(() => readSettings({ environment: {}, configFile: missing, demo: false }))).toEqual([line]);
    const folder = `The configuration file ${directory} is a directory. Name a YAML file with --config.`;
    expect(linesOf(() => readSettings({ environment: {}, configFile: directory, demo: false }))).toEqual([folder]);
  });

  it('cannot reach the prototypes of the program', () => {
    expect(() => read('__proto__: { polluted: 1 }\nmqtt: { __proto__: { polluted: 1 } }')).not.toThrow(TypeError);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });
});
