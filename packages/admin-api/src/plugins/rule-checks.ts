import type { DeviceRegistry, New, RuleDefinition } from '@device-messaging/host-api';
import type { AdminHost } from '../admin-api-options.js';
import { invalidAll, type RequestProblem } from '../problem/problem.js';

type Checked = Pick<New<RuleDefinition>, 'tenantId' | 'pluginToken' | 'filters' | 'processor' | 'action'>;

/** What is wrong with a rule before it is stored: its components, and whether there is the plugin that it names. */
export async function ruleProblems(
  host: Pick<AdminHost, 'checkRule'>,
  registry: Pick<DeviceRegistry, 'listPlugins'>,
  rule: Checked,
): Promise<readonly RequestProblem[]> {
  const problems: RequestProblem[] = [...host.checkRule(rule)];
  const plugins = await registry.listPlugins(rule.tenantId);
  if (!plugins.some(({ apiToken }) => apiToken === rule.pluginToken)) {
    problems.push({ path: 'pluginToken', message: 'is the token of none of your plugins' });
  }
  return problems;
}

/** @throws Problem 400 */
export async function assertRule(
  host: Pick<AdminHost, 'checkRule'>,
  registry: Pick<DeviceRegistry, 'listPlugins'>,
  rule: Checked,
): Promise<void> {
  const problems = await ruleProblems(host, registry, rule);
  if (problems.length > 0) throw invalidAll(problems);
}
