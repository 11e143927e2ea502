import type { Awaitable } from '@device-messaging/plugin-api';
import type { ContractRule } from '../contract/contract-rule.js';
import { describeContract } from '../contract/describe-contract.js';
import { BELONGING_RULES } from './belonging-rules.js';
import { CHANGE_RULES } from './change-rules.js';
import { CREDENTIALS_RULES } from './credentials-rules.js';
import { DEVICE_RULES } from './device-rules.js';
import { PAGE_RULES } from './page-rules.js';
import { QUOTA_RULES } from './quota-rules.js';
import type { Registry } from './registry-rows.js';
import { ROW_RULES } from './row-rules.js';
import { TENANT_RULES } from './tenant-rules.js';
import { TEXT_RULES } from './text-rules.js';
import { UPDATE_RULES } from './update-rules.js';
import { VERSION_RULES } from './version-rules.js';

/** The rules of `docs/spec/registry.md`. */
export const REGISTRY_RULES: readonly ContractRule<Registry>[] = [
  ...ROW_RULES,
  ...TEXT_RULES,
  ...CHANGE_RULES,
  ...DEVICE_RULES,
  ...CREDENTIALS_RULES,
  ...TENANT_RULES,
  ...VERSION_RULES,
  ...PAGE_RULES,
  ...UPDATE_RULES,
  ...QUOTA_RULES,
  ...BELONGING_RULES,
].sort((one, other) => ruleNumber(one) - ruleNumber(other));

function ruleNumber({ rule }: { readonly rule: string }): number {
  return Number(rule.slice(rule.indexOf('-') + 1));
}

/**
 * Declares the tests of a registry.
 * @param createRegistry a fresh, empty registry, once for every rule
 * @param dispose closes it
 */
export function describeRegistryContract(
  name: string,
  createRegistry: () => Awaitable<Registry>,
  dispose?: (registry: Registry) => Awaitable<void>,
): void {
  describeContract(name, REGISTRY_RULES, { create: createRegistry, ...(dispose === undefined ? {} : { dispose }) });
}
