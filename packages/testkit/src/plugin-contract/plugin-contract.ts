import type { Settings } from '@device-messaging/host-api';
import type { Constructor } from '@device-messaging/plugin-api';
import type { ContainerModule } from 'inversify';
import { describeContract } from '../contract/describe-contract.js';
import { PLUGIN_RULES } from './plugin-rules.js';

/** Options of {@link describePluginContract}. */
export interface PluginContractOptions {
  /** What a host application must bind for the plugin, if anything. */
  readonly services?: ContainerModule;
  readonly configurations?: {
    /** Settings that it must take, beside none at all. */
    readonly valid?: readonly Settings[];
    /** Settings that it must refuse. */
    readonly invalid?: readonly Settings[];
  };
  /** How long, in real ms, one of its hooks may take. */
  readonly patienceMs?: number;
}

/** Declares the tests that every plugin must pass. */
export function describePluginContract(
  name: string,
  type: Constructor,
  { services, configurations: { valid, invalid } = {}, patienceMs }: PluginContractOptions = {},
): void {
  describeContract(name, PLUGIN_RULES, { create: () => ({ type, services, valid, invalid, patienceMs }) });
}
