import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { AdminBench, Told } from '../spec-support/admin-bench.js';
import { openWorld, type World } from '../spec-support/world.js';

let world: World;
let bench: AdminBench;
let plugin: string;

beforeEach(async () => {
  world = await openWorld();
  ({ bench } = world);
  plugin = `/api/plugins/${world.one.plugin}`;
});

afterEach(() => bench.close());

function ask(method: string, path: string, body?: unknown, headers = {}): Promise<Told> {
  return bench.ask(method, path, { as: 'one', ...(body === undefined ? {} : { body }), headers });
}

async function rules(token: string) {
  return (await ask('GET', '/api/rules')).body.items.filter(({ pluginToken }) => pluginToken === token);
}

test('ADM-28: plugin types show id, name, version, configuration schema and methods', async () => {
  const { body } = await ask('GET', '/api/plugin-types');
  expect(body.items.map(({ id, name, version, methods }) => [id, name, version, methods])).toEqual([
    ['relay', 'Relay', '1.2.3', ['relay']],
    ['listener', 'Listener', undefined, []],
  ]);
  expect(body.items[0]).toMatchObject({ configuration: { properties: { maxTimeout: { default: 60_000 } } } });
});

describe('ADM-29: a new plugin', () => {
  test('is ACTIVE and comes with the rule that its type declares', async () => {
    const { status, body } = await ask('POST', '/api/plugins', { type: 'relay', name: 'New', token: 'new' });
    expect([status, body.state, body.audit, body.configuration]).toEqual([201, 'ACTIVE', 'none', {}]);
    expect(await rules('new')).toMatchObject([
      {
        name: 'New',
        state: 'ACTIVE',
        filters: [
          { configuration: { messageTypes: ['RPC_REQUEST'] } },
          { configuration: { methodNames: [{ name: 'relay' }] } },
        ],
        action: { clazz: 'rpc' },
      },
    ]);
  });

  test('comes without one when it is not wanted, or when the type declares none', async () => {
    await ask('POST', '/api/plugins', {
      type: 'relay',
      name: 'Bare',
      token: 'bare',
      rule: false,
      state: 'SUSPENDED',
      audit: 'messages',
    });
    await ask('POST', '/api/plugins', { type: 'listener', name: 'Listener', token: 'listener' });
    expect([...(await rules('bare')), ...(await rules('listener'))]).toEqual([]);
    const { body } = await ask('GET', '/api/plugins');
    expect(body.items.find(({ name }) => name === 'Bare')).toMatchObject({ state: 'SUSPENDED', audit: 'messages' });
  });

  test('that is refused leaves nothing behind, nor does one whose rule cannot be made', async () => {
    const refusals = [
      await ask('POST', '/api/plugins', { type: 'relay', name: 'New', token: 'one-plugin' }),
      await ask('POST', '/api/plugins', { type: 'nothing', name: 'New', token: 'new' }),
      await ask('POST', '/api/plugins', {
        type: 'relay',
        name: 'New',
        token: 'new',
        configuration: { maxTimeout: 0, x: 1 },
      }),
    ];
    expect(refusals.map(({ status }) => status)).toEqual([409, 400, 400]);
    expect(refusals[1]!.body.errors[0]?.path).toBe('type');
    expect(refusals[2]!.body.errors.map(({ path }) => path).sort()).toEqual([
      'configuration.maxTimeout',
      'configuration.x',
    ]);
    const { createRule } = bench.registry;
    bench.registry.createRule = () => {
      throw new Error('down');
    };
    expect((await ask('POST', '/api/plugins', { type: 'relay', name: 'New', token: 'new' })).status).toBe(500);
    bench.registry.createRule = createRule;
    expect((await ask('GET', '/api/plugins')).body.items).toHaveLength(1);
  });

  test('may name its type by an alias; it is shown by its id', async () => {
    const type = 'org.thingsboard.server.extensions.core.plugin.messaging.DeviceMessagingPlugin';
    expect((await ask('POST', '/api/plugins', { type, name: 'Old', token: 'old' })).body.type).toBe('relay');
  });
});

test('ADM-28: failures of a plugin are shown beside what was asked of it', async () => {
  bench.host.failures.set(world.one.plugin, [{ nodeId: 'node-1', cause: 'It broke', since: 7 }]);
  const { body } = await ask('GET', plugin);
  expect([body.state, body.failures]).toEqual(['ACTIVE', [{ node: 'node-1', cause: 'It broke', since: 7 }]]);
});

describe('ADM-30: a changed plugin', () => {
  test('is activated, suspended and reconfigured; what a change does not name stays', async () => {
    expect((await ask('POST', `${plugin}/suspend`)).body.state).toBe('SUSPENDED');
    expect((await ask('PUT', plugin, { configuration: { maxTimeout: 7 } })).body).toMatchObject({
      state: 'SUSPENDED',
      name: 'Secret of one',
      configuration: { maxTimeout: 7 },
    });
    expect((await ask('POST', `${plugin}/activate`)).body).toMatchObject({
      state: 'ACTIVE',
      configuration: { maxTimeout: 7 },
    });
    expect((await ask('POST', `${plugin}/suspend`, undefined, { 'if-match': '"1"' })).status).toBe(412);
  });

  test('keeps type and token; they may be repeated', async () => {
    expect((await ask('PUT', plugin, { type: 'relay', token: 'one-plugin', name: 'Renamed' })).status).toBe(200);
    expect((await ask('PUT', plugin, { token: 'other' })).body.errors[0]?.path).toBe('token');
    expect((await ask('PUT', plugin, { type: 'listener' })).body.errors[0]?.path).toBe('type');
  });

  test("is refused when its configuration is wrong, or does not fit a customer's override, naming the customer", async () => {
    const wrong = await ask('PUT', plugin, { configuration: { maxTimeout: 'x' } });
    expect([wrong.status, wrong.body.errors[0]?.path]).toEqual([400, 'configuration.maxTimeout']);
    await ask('PUT', `${plugin}/customers/${world.one.customer}`, { enabled: true, configuration: { maxTimeout: 5 } });
    // An override that another version of the plugin type took.
    bench.registry.putCustomerSettings(world.one.plugin, world.one.customer, {
      enabled: true,
      configuration: { gone: 1 },
    });
    const { status, body } = await ask('PUT', plugin, { configuration: { maxDevices: 5 } });
    expect([status, body.errors]).toEqual([
      400,
      [
        {
          path: 'configuration',
          message: 'makes the settings of customer "Customer of one" invalid: gone: is not known',
        },
      ],
    ]);
    expect((await ask('GET', plugin)).body.configuration).toEqual({});
    // What has nothing to do with it may change.
    expect((await ask('PUT', plugin, { name: 'Renamed' })).status).toBe(200);
  });

  test('is checked against overrides that are put at the same moment: one of the two is refused', async () => {
    const results = await Promise.all([
      ask('PUT', `${plugin}/customers/${world.one.customer}`, { enabled: true, configuration: { maxTimeout: 5 } }),
      ask('PUT', plugin, { configuration: { maxDevices: 5 } }),
      ask('PUT', `${plugin}/customers/${world.one.customer}`, { enabled: true, configuration: { maxTimeout: 0 } }),
    ]);
    expect(results.map(({ status }) => status)).toEqual([200, 200, 400]);
  });

  test('is checked anew when another node says something of a customer between check and change', async () => {
    const { registry, host } = bench;
    const { plugin: id, customer } = world.one;
    const check = host.checkPlugin.bind(host);
    let checks = 0;
    host.checkPlugin = (definition, overrides) => {
      const problems = check(definition, overrides);
      // An override that does not fit, from elsewhere, right after this node found that all is well.
      if (++checks === 1) registry.putCustomerSettings(id, customer, { enabled: true, configuration: { gone: 1 } });
      return problems;
    };
    const { status, text } = await ask('PUT', plugin, { configuration: { maxDevices: 5 } });
    expect([status, checks]).toEqual([400, 2]);
    expect(text).toContain('customer \\"Customer of one\\"');
    expect(registry.findPlugin(id)?.configuration).toEqual({});
  });

  test('and an override, too, when another node changes the configuration in between', async () => {
    const { registry, host } = bench;
    const { plugin: id, customer } = world.one;
    const check = host.checkPlugin.bind(host);
    let checks = 0;
    host.checkPlugin = (definition, overrides) => {
      const problems = check(definition, overrides);
      if (++checks === 1) registry.updatePlugin(id, { configuration: { maxDevices: 0 } });
      return problems;
    };
    const one = `${plugin}/customers/${customer}`;
    const { status } = await ask('PUT', one, { enabled: true, configuration: { maxTimeout: 5 } });
    expect([status, checks, registry.findEnablement(id)?.customers.size]).toEqual([400, 2, 0]);
  });

  test('is 503 when others change it again and again, and 412 when it was asked of a version', async () => {
    const { registry, host } = bench;
    const check = host.checkPlugin.bind(host);
    let names = 0;
    host.checkPlugin = (definition, overrides) => {
      registry.updatePlugin(world.one.plugin, { name: `Name ${++names}` });
      return check(definition, overrides);
    };
    const { status, headers } = await ask('PUT', plugin, { configuration: { maxDevices: 5 } });
    expect([status, headers['retry-after'], names]).toEqual([503, '1', 10]);
    const { etag } = (await ask('GET', plugin)).headers;
    const ifMatch = { 'if-match': String(etag) };
    expect((await ask('PUT', plugin, { configuration: { maxDevices: 5 } }, ifMatch)).status).toBe(412);
    expect(names).toBe(11);
  });
});

describe('ADM-31: for each customer a plugin', () => {
  test('is enabled by default, without overrides', async () => {
    expect((await ask('GET', `${plugin}/customers`)).body).toEqual({ default: true, customers: {} });
  });

  test('is enabled or disabled, with overrides, all at once; a second PUT changes nothing', async () => {
    const settings = {
      default: false,
      customers: { [world.one.customer]: { enabled: true, configuration: { maxTimeout: 5 } } },
    };
    const upper = {
      ...settings,
      customers: { [world.one.customer.toUpperCase()]: settings.customers[world.one.customer] },
    };
    const changes: unknown[] = [];
    bench.registry.changes.subscribe((change) => changes.push(change));
    expect((await ask('PUT', `${plugin}/customers`, upper)).body).toEqual(settings);
    expect(changes).toHaveLength(2);
    const again = await ask('PUT', `${plugin}/customers`, settings);
    expect([again.status, again.body, changes.length]).toEqual([200, settings, 2]);
    expect(bench.registry.findCustomerSettings(world.one.plugin, undefined).enabled).toBe(false);
    expect(bench.registry.findCustomerSettings(world.one.plugin, world.one.customer)).toEqual({
      enabled: true,
      configuration: { maxTimeout: 5 },
    });
    expect((await ask('PUT', `${plugin}/customers`, { default: true, customers: {} })).body).toEqual({
      default: true,
      customers: {},
    });
  });

  test('is enabled or disabled one by one, and goes back to the default', async () => {
    const one = `${plugin}/customers/${world.one.customer}`;
    expect((await ask('PUT', one, { enabled: false })).body).toEqual({ enabled: false, configuration: {} });
    expect((await ask('GET', `${plugin}/customers`)).body.customers).toEqual({
      [world.one.customer]: { enabled: false, configuration: {} },
    });
    expect((await ask('DELETE', one)).status).toBe(204);
    expect((await ask('DELETE', one)).status).toBe(204);
    expect((await ask('GET', `${plugin}/customers`)).body.customers).toEqual({});
  });

  test('takes no override that does not validate over the base, and names customer and member', async () => {
    const settings = { enabled: true, configuration: { maxTimeout: 0, x: 1 } };
    for (const told of [
      await ask('PUT', `${plugin}/customers/${world.one.customer}`, settings),
      await ask('PUT', `${plugin}/customers`, { default: true, customers: { [world.one.customer]: settings } }),
    ]) {
      expect(told.status).toBe(400);
      expect(told.body.errors.map(({ path }) => path).sort()).toEqual(
        ['maxTimeout', 'x'].map((member) => `customers.${world.one.customer}.configuration.${member}`),
      );
      expect(told.body.errors[0]?.message).toContain('customer "Customer of one"');
    }
    expect((await ask('GET', `${plugin}/customers`)).body.customers).toEqual({});
  });

  test('takes ids of customers of the tenant alone, each once', async () => {
    const id = world.one.customer;
    const one = { enabled: true };
    for (const customers of [{ x: one }, { [world.two.customer]: one }, { [id]: one, [id.toUpperCase()]: one }]) {
      expect((await ask('PUT', `${plugin}/customers`, { default: false, customers })).status).toBe(400);
    }
    expect((await ask('GET', `${plugin}/customers`)).body).toEqual({ default: true, customers: {} });
  });

  test('ADM-12: has the tag of the plugin, so that two who change it do not undo each other', async () => {
    const { headers } = await ask('GET', `${plugin}/customers`);
    expect(headers.etag).toBe((await ask('GET', plugin)).headers.etag);
    const ifMatch = { 'if-match': String(headers.etag) };
    const one = `${plugin}/customers/${world.one.customer}`;
    const results = await Promise.all([
      ask('PUT', `${plugin}/customers`, { default: false, customers: {} }, ifMatch),
      ask('PUT', one, { enabled: false }, ifMatch),
    ]);
    expect(results.map(({ status }) => status).sort()).toEqual([200, 412]);
    const now = { 'if-match': String((await ask('GET', `${plugin}/customers`)).headers.etag) };
    expect((await ask('PUT', one, { enabled: true }, now)).status).toBe(200);
    expect((await ask('DELETE', one, undefined, now)).status).toBe(412);
  });
});

test('ADM-32: a plugin that a rule names is not deleted; afterwards it is', async () => {
  const { status, body } = await ask('DELETE', plugin);
  expect([status, body.type]).toEqual([409, 'urn:device-messaging:problem:in-use']);
  expect((await ask('DELETE', `/api/rules/${world.one.rule}`)).status).toBe(204);
  expect((await ask('DELETE', plugin)).status).toBe(204);
});

describe('ADM-33: a rule', () => {
  const component = { name: 'Call', clazz: 'rpc', configuration: {} };
  const rule = { name: 'Rule', pluginToken: 'one-plugin', filters: [], action: component };

  test('has the shape of a file of ThingsBoard 1.x, its class names too', async () => {
    const file = {
      ...rule,
      state: 'SUSPENDED',
      weight: 5,
      filters: [
        {
          name: 'f',
          clazz: 'org.thingsboard.server.extensions.core.filter.MsgTypeFilter',
          configuration: { messageTypes: ['RPC_REQUEST'] },
        },
      ],
      processor: null,
    };
    const { status, body } = await ask('POST', '/api/rules', { ...file, additionalInfo: { description: 'x' } });
    expect([status, body]).toEqual([201, { ...file, id: body.id }]);
  });

  test('is ACTIVE and of weight 0 unless said otherwise; it is activated and suspended', async () => {
    const { body } = await ask('POST', '/api/rules', rule);
    expect(body).toMatchObject({ state: 'ACTIVE', weight: 0, processor: null });
    expect((await ask('POST', `/api/rules/${body.id}/suspend`)).body.state).toBe('SUSPENDED');
    expect((await ask('POST', `/api/rules/${body.id}/activate`)).body).toEqual(body);
  });

  test('names components that the host knows, and a plugin of the tenant', async () => {
    const wrong = { ...rule, pluginToken: 'nothing', action: { ...component, clazz: 'nothing' } };
    for (const told of [
      await ask('POST', '/api/rules', wrong),
      await ask('PUT', `/api/rules/${world.one.rule}`, wrong),
    ]) {
      expect([told.status, told.body.errors.map(({ path }) => path)]).toEqual([400, ['action.clazz', 'pluginToken']]);
    }
  });
});

describe('ADM-34: quotas', () => {
  test('are unlimited until they are set; a PUT replaces them all', async () => {
    for (const path of [`/api/customers/${world.one.customer}/quotas`, `/api/devices/${world.one.device}/quotas`]) {
      expect((await ask('GET', path)).body).toEqual({});
      expect((await ask('PUT', path, { messagesPerSecond: 0.5, connections: 3 })).body).toEqual({
        messagesPerSecond: 0.5,
        connections: 3,
      });
      const { headers } = await ask('PUT', path, { waitingMessages: 0 });
      expect((await ask('PUT', path, {}, { 'if-match': '"x"' })).status).toBe(412);
      expect((await ask('PUT', path, {}, { 'if-match': String(headers.etag) })).body).toEqual({});
    }
  });

  test('ADM-12: of two who know the same quotas one replaces them', async () => {
    const path = `/api/customers/${world.one.customer}/quotas`;
    const ifMatch = { 'if-match': String((await ask('GET', path)).headers.etag) };
    const told = await Promise.all([1, 2, 3].map((connections) => ask('PUT', path, { connections }, ifMatch)));
    expect(told.map(({ status }) => status).sort()).toEqual([200, 412, 412]);
    const won = told.find(({ status }) => status === 200);
    const { body, headers } = await ask('GET', path);
    expect([body, headers.etag]).toEqual([won?.body, won?.headers.etag]);
  });

  test.each([
    { messagesPerSecond: 0 },
    { messagesPerSecond: -1 },
    { connections: -1 },
    { connections: 1.5 },
    { connections: null },
    { x: 1 },
  ])('are refused: %j', async (body) => {
    expect((await ask('PUT', `/api/devices/${world.one.device}/quotas`, body)).status).toBe(400);
  });

  test('of a tenant are set by system administrators; the tenant reads its own', async () => {
    const path = `/api/tenants/${world.one.tenant}/quotas`;
    expect((await bench.ask('PUT', path, { as: 'root', body: { devices: 100 } })).status).toBe(200);
    expect((await ask('GET', path)).body).toEqual({ devices: 100 });
    expect((await ask('PUT', path, {})).status).toBe(403);
    expect((await ask('GET', `/api/tenants/${world.two.tenant}/quotas`)).status).toBe(404);
  });
});
