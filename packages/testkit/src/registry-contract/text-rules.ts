import { RegistryError, type DeviceRow, type PluginDefinition, type RuleDefinition } from '@device-messaging/host-api';
import type { Awaitable } from '@device-messaging/plugin-api';
import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { anyDevice, changesDuring, newDevice, newPlugin, newRule, type Registry } from './registry-rows.js';

/** Of every kind of row that has texts one, with its tenant. */
interface Rows {
  readonly device: DeviceRow;
  readonly plugin: PluginDefinition;
  readonly rule: RuleDefinition;
}

async function oneOfEach(registry: Registry): Promise<Rows> {
  const device = await anyDevice(registry);
  const plugin = await newPlugin(registry, device.tenantId);
  return { device, plugin, rule: await newRule(registry, device.tenantId) };
}

/** Every change that puts a text into a row, and what the text is called. */
function textChanges(
  registry: Registry,
  { device, plugin, rule }: Rows,
): readonly (readonly [what: string, put: (text: string) => Awaitable<unknown>])[] {
  const { tenantId } = device;
  return [
    ["tenant's title", (title) => registry.createTenant({ title })],
    ["tenant's title", (title) => registry.updateTenant(tenantId, { title })],
    ["customer's title", (title) => registry.createCustomer({ tenantId, title })],
    ["customer's title", (title) => registry.updateCustomer(device.customerId!, { title })],
    ["device's name", (name) => newDevice(registry, device, { name })],
    ["device's type", (type) => newDevice(registry, device, { type })],
    ["device's name", (name) => registry.updateDevice(device.id, { name })],
    ["device's type", (type) => registry.updateDevice(device.id, { type })],
    ["plugin's name", (name) => newPlugin(registry, tenantId, { name })],
    ["plugin's apiToken", (apiToken) => newPlugin(registry, tenantId, { apiToken })],
    ["plugin's clazz", (clazz) => newPlugin(registry, tenantId, { clazz })],
    ["plugin's name", (name) => registry.updatePlugin(plugin.id, { name })],
    ["rule's name", (name) => newRule(registry, tenantId, { name })],
    ["rule's pluginToken", (pluginToken) => newRule(registry, tenantId, { pluginToken })],
    ["rule's name", (name) => registry.updateRule(rule.id, { name })],
    ["rule's pluginToken", (pluginToken) => registry.updateRule(rule.id, { pluginToken })],
  ];
}

async function assertInvalid(message: string, change: () => Awaitable<unknown>): Promise<void> {
  await assert.rejects(
    async () => change(),
    (error) => {
      assert.ok(error instanceof RegistryError, `a refusal must be a RegistryError, not ${String(error)}`);
      assert.deepEqual([error.code, error.message], ['INVALID', message]);
      return true;
    },
  );
}

/** 255 UTF-16 code units, most of them halves of pairs that are whole. */
const LONGEST = `${'\u{1f600}'.repeat(127)}x`;

/** What texts of rows may be. Registries say it in the same words: host-api has them. */
export const TEXT_RULES: readonly ContractRule<Registry>[] = [
  {
    rule: 'REG-43',
    title:
      'keeps texts of 255 characters, and refuses longer ones, U+0000 and half a surrogate pair as INVALID, naming it',
    async run(registry) {
      const rows = await oneOfEach(registry);
      for (const [, put] of textChanges(registry, rows)) await put(LONGEST);
      const before = await oneOfEach(registry);
      const heard = await changesDuring(registry, async () => {
        for (const [what, put] of textChanges(registry, before)) {
          await assertInvalid(`The ${what} must have 255 characters at most`, () => put(`${LONGEST}x`));
          const message = `The ${what} must be Unicode text without U+0000`;
          for (const text of ['a\0b', '\ud83d', 'x\udc00']) await assertInvalid(message, () => put(text));
        }
      });
      assert.deepEqual(heard, []);
      const { tenantId } = before.device;
      assert.deepEqual(await registry.listDeviceRows(tenantId, { limit: 100 }), [before.device]);
      assert.deepEqual(await registry.listPlugins(tenantId), [before.plugin]);
      assert.deepEqual(await registry.listRules(tenantId), [before.rule]);
    },
  },
];
