import type { Awaitable } from '@device-messaging/plugin-api';
import type { ContractRule, SubjectSource } from '../contract/contract-rule.js';
import { describeContract } from '../contract/describe-contract.js';
import { CALL_RULES, LINE_BREAK_RULE } from './call-rules.js';
import { CONNECTION_RULES } from './connection-rules.js';
import { REQUEST_RULES, RETRY_AFTER_RULE } from './request-rules.js';
import type { HostParts, TransportHarness, TransportLack } from './transport-harness.js';
import { TransportWorld } from './transport-world.js';

/** The rules of `docs/spec/transport.md`. */
export const TRANSPORT_RULES: readonly ContractRule<TransportWorld>[] = [
  ...REQUEST_RULES,
  ...CALL_RULES,
  ...CONNECTION_RULES,
  LINE_BREAK_RULE,
  RETRY_AFTER_RULE,
];

/** The stages on which the rules of a transport are tried. `patienceMs`: how long, in real ms, a rule waits for things. */
export function transportWorlds(
  createHarness: () => Awaitable<TransportHarness>,
  parts: HostParts,
  patienceMs?: number,
): SubjectSource<TransportWorld> {
  return {
    create: async () => TransportWorld.create(await createHarness(), parts, patienceMs),
    dispose: (world) => world.close(),
  };
}

/** Options of {@link describeTransportContract}. */
export interface TransportContractOptions extends HostParts {
  /** What the transport declares that it cannot do. */
  readonly lacks?: readonly TransportLack[];
  /** How long, in real ms, a rule waits for what must happen. */
  readonly patienceMs?: number;
}

/**
 * Declares the tests of a transport: a real host, started with the transport, and real connections of its protocol.
 * @param createHarness a fresh transport with its clients, once for every rule
 */
export function describeTransportContract(
  name: string,
  createHarness: () => Awaitable<TransportHarness>,
  options: TransportContractOptions,
): void {
  const worlds = transportWorlds(createHarness, options, options.patienceMs);
  describeContract(name, TRANSPORT_RULES, worlds, options.lacks);
}
