import { ConfigurationError, type ComponentDefinition } from '@device-messaging/host-api';
import {
  ComponentConfiguration,
  ruleComponentOf,
  type Constructor,
  type RuleComponent,
} from '@device-messaging/plugin-api';
import { Container } from 'inversify';
import { readSettings } from '../plugins/effective-configuration.js';

/** The rule components that a host knows, by id and by alias. */
export class ComponentCatalog {
  private readonly types = new Map<string, Constructor>();

  /** @throws TypeError when a class is no rule component or two share a name. */
  constructor(components: readonly Constructor[]) {
    for (const type of components) {
      const { metadata } = ruleComponentOf(type);
      for (const name of [metadata.id, ...(metadata.aliases ?? [])]) {
        const other = this.types.get(name);
        if (other !== undefined) {
          throw new TypeError(`${type.name} and ${other.name} are both rule components named "${name}"`);
        }
        this.types.set(name, type);
      }
    }
  }

  /**
   * Makes the component that serves one place of one rule.
   * @throws ConfigurationError when the class is unknown, of another kind, or its configuration invalid.
   */
  create(kind: RuleComponent['kind'], definition: ComponentDefinition): { component: object; declared: RuleComponent } {
    const { type, declared } = this.resolve(kind, definition.clazz);
    const container = new Container();
    container.bind(ComponentConfiguration).toConstantValue(configurationOf(declared, definition));
    container.bind(type).toSelf();
    return { component: container.get<object>(type), declared };
  }

  private resolve(kind: RuleComponent['kind'], clazz: string): { type: Constructor; declared: RuleComponent } {
    const type = this.types.get(clazz);
    const declared = type === undefined ? undefined : ruleComponentOf(type);
    if (type !== undefined && declared?.kind === kind) return { type, declared };
    const known = [...this.types].filter(([, other]) => ruleComponentOf(other).kind === kind).map(([name]) => name);
    const what = declared === undefined ? 'is not known' : `is a rule ${declared.kind}`;
    throw new ConfigurationError([
      { path: 'clazz', message: `"${clazz}" ${what}; a rule ${kind} is one of ${known.join(', ')}` },
    ]);
  }
}

function configurationOf(declared: RuleComponent, { configuration }: ComponentDefinition): object {
  try {
    return readSettings(declared.metadata.configuration, configuration);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError(
      error.problems.map(({ path, message }) => ({ path: `configuration.${path}`, message })),
    );
  }
}
