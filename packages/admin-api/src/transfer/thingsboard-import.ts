import { readPluginExport, readRuleExport } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { createPlugin } from '../plugins/create-plugin.js';
import { assertRule } from '../plugins/rule-checks.js';
import { compileSchema } from '../http/schema-compiler.js';
import { invalidAll } from '../problem/problem.js';
import { schemaProblems } from '../problem/schema-problems.js';
import { NEW_PLUGIN } from '../schemas/plugin.js';
import { RULE_WRITE } from '../schemas/rule.js';
import type { ImportReport } from './import-report.js';

const checkPlugin = compileSchema({ schema: NEW_PLUGIN, method: 'POST', url: '', httpPart: 'body' });
const checkRule = compileSchema({ schema: RULE_WRITE, method: 'POST', url: '', httpPart: 'body' });

type Members = Readonly<Record<string, unknown>>;

/** What a plugin and a rule have a place for; the rest of a file is told. */
const PLUGIN_MEMBERS = ['name', 'apiToken', 'clazz', 'state', 'configuration'];
const RULE_MEMBERS = ['name', 'state', 'weight', 'pluginToken', 'filters', 'processor', 'action'];

export function isPluginFile(file: Members): boolean {
  return 'apiToken' in file;
}

export function isRuleFile(file: Members): boolean {
  return 'pluginToken' in file;
}

/**
 * Takes a plugin file of ThingsBoard 1.x. It makes no rule: that one has a file of its own.
 * @throws ConfigurationError or Problem 400 naming everything that cannot be mapped, when nothing can be made
 */
export async function importPluginFile(context: AdminContext, tenantId: string, file: Members, report: ImportReport) {
  const wanted = readPluginExport(tenantId, file);
  const { name, apiToken: token, clazz: type, configuration } = wanted;
  assertShape(checkPlugin, { name, token, type, configuration });
  const { plugin } = await createPlugin(context, wanted, false);
  report.made('plugins', plugin.id, plugin.name);
  tellOfTheRest(file, PLUGIN_MEMBERS, report);
}

/** Takes a rule file of ThingsBoard 1.x; the plugin that it names must be there. See {@link importPluginFile}. */
export async function importRuleFile(
  { host, registry }: AdminContext,
  tenantId: string,
  file: Members,
  report: ImportReport,
) {
  const wanted = readRuleExport(tenantId, file);
  const { name, weight, pluginToken, filters, processor = null, action } = wanted;
  assertShape(checkRule, { name, weight, pluginToken, filters, processor, action });
  await assertRule(host, registry, wanted);
  const rule = await registry.createRule(wanted);
  report.made('rules', rule.id, rule.name);
  tellOfTheRest(file, RULE_MEMBERS, report);
}

/** A file says what it likes; what is stored is as if it had been sent to `POST /api/plugins` or `/api/rules`. */
function assertShape(check: typeof checkRule, shape: object): void {
  if (check(shape) !== true) throw invalidAll(schemaProblems(check.errors ?? []));
}

function tellOfTheRest(file: Members, known: readonly string[], report: ImportReport): void {
  for (const [member, value] of Object.entries(file)) {
    if (known.includes(member) || value === null || value === false) continue;
    report.unmapped(member.slice(0, 60), 'has no place here and was left out');
  }
}
