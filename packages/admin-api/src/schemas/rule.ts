import type { ComponentDefinition, RuleDefinition } from '@device-messaging/host-api';
import {
  anything,
  integer,
  list,
  name,
  nullable,
  object,
  oneOf,
  optional,
  settings,
  uuid,
  type ValueOf,
} from './schema.js';

const MOST_WEIGHT = 1_000_000;

const COMPONENT = object({
  name: name(),
  clazz: name({ description: 'Id of a rule component, or the Java class of its ancestor in ThingsBoard 1.x.' }),
  configuration: settings(),
});

const STATE = oneOf(['ACTIVE', 'SUSPENDED']);
const WEIGHT = integer(-MOST_WEIGHT, MOST_WEIGHT, { description: 'Rules run by descending weight, then by age.' });
const PLUGIN_TOKEN = name({ description: 'The token of the plugin that the action talks to.' });
const FILTERS = list(COMPONENT, 100, { description: 'All must match.' });

/** Everything of a rule that is shown. */
export const RULE_MEMBERS = {
  id: uuid(),
  name: name(),
  state: STATE,
  weight: WEIGHT,
  pluginToken: PLUGIN_TOKEN,
  filters: FILTERS,
  processor: nullable(COMPONENT),
  action: COMPONENT,
};

export const RULE = object(RULE_MEMBERS);

/** As in the export files of ThingsBoard 1.x. */
export const RULE_WRITE = object({
  name: name(),
  state: optional(STATE),
  weight: optional(WEIGHT),
  pluginToken: PLUGIN_TOKEN,
  filters: FILTERS,
  processor: optional(nullable(COMPONENT)),
  action: COMPONENT,
  additionalInfo: optional(anything({ description: 'Of ThingsBoard; not kept.' })),
});

export function ruleView(rule: RuleDefinition): ValueOf<typeof RULE> {
  const { id, name: ruleName, state, weight, pluginToken, filters, processor, action } = rule;
  return {
    id,
    name: ruleName,
    state,
    weight,
    pluginToken,
    filters: filters.map(componentView),
    processor: processor === undefined ? null : componentView(processor),
    action: componentView(action),
  };
}

function componentView({ name: componentName, clazz, configuration }: ComponentDefinition): ValueOf<typeof COMPONENT> {
  return { name: componentName, clazz, configuration };
}
