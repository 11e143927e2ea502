import { configurationSchema, ConfigurationError, readConfiguration, type Settings } from '@device-messaging/host-api';
import {
  messageHandlersOf,
  NoParams,
  pluginMetadataOf,
  rpcMethodsOf,
  type Constructor,
  type OnConfigurationChange,
  type OnStart,
  type OnStop,
} from '@device-messaging/plugin-api';
import type { ContainerModule } from 'inversify';
import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { DEFAULT_PATIENCE_MS, within } from '../contract/waiting.js';
import { makePlugin } from '../plugin/plugin-instance.js';
import { paramsProblems } from './params-problems.js';
import { schemaProblems } from './schema-problems.js';
import { timersLeftBy } from './timer-watch.js';

/** A plugin class that is put to the test. */
export interface PluginSubject {
  readonly type: Constructor;
  /** What a host application must bind for it, if anything. */
  readonly services?: ContainerModule | undefined;
  /** Settings that it must take. */
  readonly valid?: readonly Settings[] | undefined;
  /** Settings that it must refuse. */
  readonly invalid?: readonly Settings[] | undefined;
  /** How long, in real ms, one of its hooks may take. */
  readonly patienceMs?: number | undefined;
}

type Hooks = Partial<OnStart<object> & OnConfigurationChange<object> & OnStop>;

const KEBAB_CASE = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

function configurationOf({ type }: PluginSubject): Constructor {
  return pluginMetadataOf(type).configuration ?? NoParams;
}

/** Whether a check holds; what it throws is another rule's to tell. */
function holds(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Every configuration that a host could start the plugin with, as far as the test knows; none when one is refused. */
function configurationsOf(subject: PluginSubject): object[] {
  const type = configurationOf(subject);
  const settings = [{}, ...(subject.valid ?? [])];
  return settings.every((each) => holds(() => readConfiguration(type, each)))
    ? settings.map((each) => readConfiguration(type, each))
    : [];
}

/** Takes instances through their lives as a host does. None of a class of which a host could make none. */
async function live(subject: PluginSubject, configurations: readonly object[]): Promise<void> {
  const patienceMs = subject.patienceMs ?? DEFAULT_PATIENCE_MS;
  if (!holds(() => makePlugin(subject.type, subject.services))) return;
  for (const first of configurations) {
    const plugin = makePlugin(subject.type, subject.services) as Hooks;
    await within((async () => plugin.onStart?.(first))(), 'the end of onStart', patienceMs);
    for (const next of configurations) {
      const changed = (async () => plugin.onConfigurationChange?.(next))();
      await within(changed, 'the end of onConfigurationChange', patienceMs);
    }
    await within((async () => plugin.onStop?.())(), 'the end of onStop', patienceMs);
  }
}

/** The rules of `docs/spec/plugin.md`. */
export const PLUGIN_RULES: readonly ContractRule<PluginSubject>[] = [
  {
    rule: 'PLG-1',
    title: 'says who it is: an id in kebab-case, a name for people, aliases that are none of each other',
    run({ type }) {
      const { id, name, aliases = [] } = pluginMetadataOf(type);
      assert.match(id, KEBAB_CASE, `"${id}" is no id in kebab-case`);
      assert.equal(name, name.trim());
      assert.notEqual(name, '');
      assert.equal(new Set([id, ...aliases]).size, aliases.length + 1, 'an alias is the id, or is there twice');
    },
  },
  {
    rule: 'PLG-2',
    title: 'speaks version 1 of the plugin SPI',
    run({ type }) {
      assert.equal(pluginMetadataOf(type).apiVersion, 1);
    },
  },
  {
    rule: 'PLG-3',
    title: 'works without settings: every member of its configuration has a default that is valid',
    run(subject) {
      assert.doesNotThrow(() => readConfiguration(configurationOf(subject), {}));
    },
  },
  {
    rule: 'PLG-4',
    title: 'refuses settings that it does not know, naming them',
    run(subject) {
      const type = configurationOf(subject);
      assert.throws(
        () => readConfiguration(type, { noMemberHasThisName: 1 }),
        (error) =>
          error instanceof ConfigurationError && error.problems.some(({ path }) => path === 'noMemberHasThisName'),
      );
    },
  },
  {
    rule: 'PLG-5',
    title: 'has a JSON Schema that describes each of its settings and accepts their defaults',
    run(subject) {
      const type = configurationOf(subject);
      // Defaults that the class itself refuses are the rule's above.
      if (!holds(() => readConfiguration(type, {}))) return;
      assert.deepEqual(schemaProblems(configurationSchema(type), new type() as Record<string, unknown>), []);
    },
  },
  {
    rule: 'PLG-6',
    title: 'takes the settings that are said to be valid and refuses those that are said to be not',
    run(subject) {
      const type = configurationOf(subject);
      for (const settings of subject.valid ?? []) assert.doesNotThrow(() => readConfiguration(type, settings));
      for (const settings of subject.invalid ?? []) {
        const text = JSON.stringify(settings);
        assert.throws(() => readConfiguration(type, settings), ConfigurationError, `${text} was taken`);
      }
    },
  },
  {
    rule: 'PLG-7',
    title: 'is made of its ports and its own services alone, each instance for itself',
    run({ type, services }) {
      const [one, other] = [makePlugin(type, services), makePlugin(type, services)];
      assert.ok(one instanceof type);
      assert.notEqual(one, other);
    },
  },
  {
    rule: 'PLG-8',
    title: 'has the handlers that it declares, at least one',
    run({ type }) {
      const handlers = [...rpcMethodsOf(type), ...messageHandlersOf(type)];
      assert.ok(handlers.length > 0, `${type.name} handles nothing: it needs an @RpcMethod or a @MessageHandler`);
      for (const { handler } of handlers) {
        const member: unknown = (type.prototype as Record<string, unknown>)[handler];
        assert.equal(typeof member, 'function', `${type.name}.${handler} is declared a handler but is no method`);
      }
      for (const { method } of rpcMethodsOf(type)) assert.notEqual(method, '', 'an RPC method has no name');
    },
  },
  {
    rule: 'PLG-9',
    title: 'declares params that are made without arguments, each member with rules that need no waiting',
    run({ type }) {
      assert.deepEqual(rpcMethodsOf(type).flatMap(paramsProblems), []);
    },
  },
  {
    rule: 'PLG-10',
    title: 'starts, changes and stops with every configuration, while no device is connected',
    async run(subject) {
      await live(subject, configurationsOf(subject));
    },
  },
  {
    rule: 'PLG-11',
    title: 'leaves no timer when it stops: deadlines are the host’s',
    async run(subject) {
      const left = await timersLeftBy(async () => {
        // How its life ends is the rule's above; what is left of it is this one's.
        await live(subject, configurationsOf(subject)).catch(() => undefined);
      });
      assert.equal(left, 0, `${left} timers are still running`);
    },
  },
];
