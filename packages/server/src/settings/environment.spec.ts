import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { ENVIRONMENT } from './environment.js';
import { ServerSettings } from './server-settings.js';

const GUIDE = readFileSync(new URL('../../../../docs/guides/settings.md', import.meta.url), 'utf8');

function memberAt(path: string): unknown {
  const section = new ServerSettings() as unknown;
  return path.split('.').reduce((value, member) => (value as Record<string, unknown>)[member], section);
}

describe('the environment variables', () => {
  it.each(Object.entries(ENVIRONMENT))('%s sets a member that exists', (_variable, { path, type }) => {
    const value = memberAt(path);
    if (type === 'list') expect(value).toEqual([]);
    // A port that is there only when it is set.
    else if (path === 'metrics.bindPort') expect(value).toBeUndefined();
    else expect(typeof value).toBe(type === 'text' ? 'string' : 'number');
  });

  it('are those of the guide, with its members and defaults', () => {
    const rows = [...GUIDE.matchAll(/^\| `([A-Z_]+)` +\| `([\w.]+)` +\| `?([^`;|]*?)[`;| ]/gm)];
    const documented = rows.map(([, variable, path, value]) => [variable, path, value]);
    const actual = Object.entries(ENVIRONMENT).map(([variable, { path }]) => [
      variable,
      path,
      String(memberAt(path) ?? ''),
    ]);
    expect(documented.sort()).toEqual(actual.sort());
  });
});

describe('the limits of the guide', () => {
  it('are all that there are, with their defaults', () => {
    const [, yaml = ''] = /```yaml\n([^`]*)```/.exec(GUIDE) ?? [];
    const { mqtt, http, coap, host, admin, cache, retention } = new ServerSettings();
    const { corsOrigins, headersTimeoutMs, requestTimeoutMs } = http;
    expect(parse(yaml)).toEqual({
      mqtt: { limits: { ...mqtt.limits } },
      http: { corsOrigins, headersTimeoutMs, requestTimeoutMs, limits: { ...http.limits } },
      coap: { limits: { ...coap.limits } },
      host: { ...host },
      admin: { limits: { ...admin.limits } },
      cache: { ...cache },
      retention: { ...retention },
    });
  });
});
