import { ConfigurationError, type ConfigurationProblem } from './configuration.js';
import type { New, NewPlugin } from './registry/registry-admin.js';
import type { ComponentDefinition, ComponentState, RuleDefinition, Settings } from './registry/rows.js';

/**
 * Reads a plugin file as ThingsBoard 1.x exports it (Plugins, "Export plugin"). The class stays what the file says: the
 * host knows it as an alias of one of its plugin types. Members that a definition has no place for (`publicAccess`,
 * `additionalInfo`) are ignored, as are those of later versions.
 * @param json the parsed file
 * @throws ConfigurationError naming every missing or mistyped member with its path and what is expected there.
 */
export function readPluginExport(tenantId: string, json: unknown): NewPlugin {
  const file = ExportedObject.ofFile(json);
  const definition = {
    tenantId,
    name: file.text('name'),
    apiToken: file.text('apiToken'),
    clazz: file.text('clazz'),
    state: file.state('state'),
    configuration: file.settings('configuration'),
  };
  file.assertNoProblems();
  return definition;
}

/**
 * Reads a rule file as ThingsBoard 1.x exports it (Rules, "Export rule"); see {@link readPluginExport}. A rule without
 * processor says `null` or nothing.
 * @param json the parsed file
 * @throws ConfigurationError naming every missing or mistyped member with its path and what is expected there.
 */
export function readRuleExport(tenantId: string, json: unknown): New<RuleDefinition> {
  const file = ExportedObject.ofFile(json);
  const definition = {
    tenantId,
    name: file.text('name'),
    state: file.state('state'),
    weight: file.integer('weight'),
    pluginToken: file.text('pluginToken'),
    filters: file.list('filters').map(readComponent),
    processor: file.isAbsent('processor') ? undefined : readComponent(file.object('processor')),
    action: readComponent(file.object('action')),
  };
  file.assertNoProblems();
  return definition;
}

function readComponent(place: ExportedObject): ComponentDefinition {
  return { name: place.text('name'), clazz: place.text('clazz'), configuration: place.settings('configuration') };
}

/** One object of an export file. What is wrong in it is noted, so that one refusal names everything. */
class ExportedObject {
  private constructor(
    private readonly members: Readonly<Record<string, unknown>>,
    private readonly path: string,
    private readonly problems: ConfigurationProblem[],
  ) {}

  static ofFile(json: unknown): ExportedObject {
    if (!isObject(json)) {
      throw new ConfigurationError([
        { path: '', message: `an export file of ThingsBoard must be an object, got ${describe(json)}` },
      ]);
    }
    return new ExportedObject(json, '', []);
  }

  assertNoProblems(): void {
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
  }

  isAbsent(member: string): boolean {
    return this.members[member] === undefined || this.members[member] === null;
  }

  text(member: string): string {
    const value = this.members[member];
    if (typeof value === 'string' && value.trim() !== '') return value;
    return this.refuse(member, 'must be a text that is not empty', '');
  }

  integer(member: string): number {
    const value = this.members[member];
    if (Number.isSafeInteger(value)) return value as number;
    return this.refuse(member, 'must be an integer', 0);
  }

  state(member: string): ComponentState {
    const value = this.members[member];
    if (value === 'ACTIVE' || value === 'SUSPENDED') return value;
    return this.refuse(member, 'must be "ACTIVE" or "SUSPENDED"', 'SUSPENDED');
  }

  settings(member: string): Settings {
    const value = this.members[member];
    if (isObject(value)) return value;
    return this.refuse(member, 'must be an object', {});
  }

  /** An absent object is refused once, its members are not. */
  object(member: string): ExportedObject {
    const value = this.members[member];
    if (isObject(value)) return this.below(member, value);
    this.refuse(member, 'must be an object', undefined);
    return new ExportedObject({}, '', []);
  }

  list(member: string): readonly ExportedObject[] {
    const value = this.members[member];
    if (!Array.isArray(value)) return this.refuse(member, 'must be an array', []);
    return value.flatMap((element: unknown, index) => {
      const path = `${member}.${index}`;
      return isObject(element) ? [this.below(path, element)] : this.refuse(path, 'must be an object', [], element);
    });
  }

  private below(member: string, members: Readonly<Record<string, unknown>>): ExportedObject {
    return new ExportedObject(members, this.pathOf(member), this.problems);
  }

  private refuse<T>(member: string, expected: string, standIn: T, value: unknown = this.members[member]): T {
    this.problems.push({ path: this.pathOf(member), message: `${expected}, got ${describe(value)}` });
    return standIn;
  }

  private pathOf(member: string): string {
    return this.path === '' ? member : `${this.path}.${member}`;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const LONGEST_QUOTE = 60;

function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null) return 'an object';
  const text = JSON.stringify(value);
  return text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text;
}
