import { invalid } from './registry-refusals.js';
import { filledText, frozenSettings, storableText } from './row-checks.js';
import type { ComponentDefinition, RuleDefinition } from './rows.js';

/** A rule as it is kept: checked, copied, deeply frozen. */
export function ruleRow(rule: RuleDefinition): RuleDefinition {
  const name = filledText(rule.name, "rule's name");
  if (!Number.isFinite(rule.weight))
    throw invalid(`The weight of the rule "${name}" must be a number; it is ${rule.weight}`);
  return Object.freeze({
    id: rule.id,
    tenantId: rule.tenantId,
    name,
    state: rule.state,
    weight: rule.weight,
    pluginToken: storableText(rule.pluginToken, "rule's pluginToken"),
    filters: Object.freeze(rule.filters.map((filter, index) => component(filter, `filters[${index}]`))),
    processor: rule.processor === undefined ? undefined : component(rule.processor, 'processor'),
    action: component(rule.action, 'action'),
    version: rule.version,
    createdAt: rule.createdAt,
  });
}

function component({ name, clazz, configuration }: ComponentDefinition, path: string): ComponentDefinition {
  return Object.freeze({ name, clazz, configuration: frozenSettings(configuration, `${path}.configuration`) });
}
