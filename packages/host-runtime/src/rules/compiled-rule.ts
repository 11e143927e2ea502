import { ConfigurationError, type ConfigurationProblem, type RuleDefinition } from '@device-messaging/host-api';
import type { PluginActionComponent, RuleFilterComponent, RuleProcessorComponent } from '@device-messaging/plugin-api';
import type { ComponentCatalog } from './component-catalog.js';

/** A rule with its components made, ready to run. */
export interface CompiledRule {
  readonly id: string;
  readonly name: string;
  readonly pluginToken: string;
  readonly filters: readonly RuleFilterComponent[];
  readonly processor: RuleProcessorComponent | undefined;
  readonly action: PluginActionComponent;
  readonly isTwoWay: boolean;
}

/**
 * Makes the components of a rule.
 * @throws ConfigurationError naming every problem with its path in the rule.
 */
export function compileRule(
  rule: Pick<RuleDefinition, 'id' | 'name' | 'pluginToken' | 'filters' | 'processor' | 'action'>,
  catalog: ComponentCatalog,
): CompiledRule {
  const problems: ConfigurationProblem[] = [];
  const make = <R>(path: string, create: () => R): R | undefined => {
    try {
      return create();
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error;
      problems.push(...error.problems.map((problem) => ({ ...problem, path: `${path}.${problem.path}` })));
      return undefined;
    }
  };
  const filters = rule.filters.map((definition, index) =>
    make(`filters[${index}]`, () => catalog.create('filter', definition).component as RuleFilterComponent),
  );
  const { processor: definition } = rule;
  const processor =
    definition === undefined
      ? undefined
      : make('processor', () => catalog.create('processor', definition).component as RuleProcessorComponent);
  const action = make('action', () => catalog.create('action', rule.action));
  if (problems.length > 0 || action === undefined) throw new ConfigurationError(problems);
  return {
    id: rule.id,
    name: rule.name,
    pluginToken: rule.pluginToken,
    filters: filters as RuleFilterComponent[],
    processor,
    action: action.component as PluginActionComponent,
    isTwoWay: action.declared.kind === 'action' && action.declared.metadata.mode === 'two-way',
  };
}
