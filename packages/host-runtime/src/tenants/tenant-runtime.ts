import type { PluginDefinition, RuleDefinition } from '@device-messaging/host-api';
import { withinDeadline } from '../deadlines/hook-deadline.js';
import { PluginRunner } from '../plugins/plugin-runner.js';
import type { PluginServices } from '../plugins/plugin-services.js';
import { compileRule, type CompiledRule } from '../rules/compiled-rule.js';
import type { ComponentCatalog } from '../rules/component-catalog.js';

/** What a node has loaded of one tenant: its rules, ready to run, and its plugins. */
export class TenantRuntime {
  /** Active rules that could be compiled, by descending weight, then by age. */
  rules: readonly CompiledRule[] = [];
  ruleCount = 0;
  activeRuleCount = 0;
  /** Epoch ms. */
  lastUsed = 0;

  private readonly byId = new Map<string, PluginRunner>();
  private readonly byToken = new Map<string, PluginRunner>();

  constructor(
    readonly tenantId: string,
    private readonly services: PluginServices,
    private readonly components: ComponentCatalog,
  ) {}

  /** By the token that rules name. */
  plugin(token: string): PluginRunner | undefined {
    return this.byToken.get(token);
  }

  pluginById(pluginId: string): PluginRunner | undefined {
    return this.byId.get(pluginId);
  }

  get plugins(): Iterable<PluginRunner> {
    return this.byId.values();
  }

  /** Foreign code that takes its time, within the time it has. */
  bounded<T>(work: PromiseLike<T>, what: string): Promise<T> {
    const { deadlines, limits, timers } = this.services;
    return withinDeadline(work, what, limits.hookTimeoutMs, deadlines, timers.now());
  }

  setRules(definitions: readonly RuleDefinition[]): void {
    const active = definitions.filter(({ state }) => state === 'ACTIVE');
    this.ruleCount = definitions.length;
    this.activeRuleCount = active.length;
    this.rules = [...active]
      .sort((a, b) => b.weight - a.weight || a.createdAt - b.createdAt)
      .map((definition) => this.compile(definition))
      .filter((rule) => rule !== undefined);
  }

  setPlugins(definitions: readonly PluginDefinition[]): void {
    const gone = new Set(this.byId.keys());
    this.byToken.clear();
    for (const definition of definitions) {
      gone.delete(definition.id);
      let runner = this.byId.get(definition.id);
      if (runner === undefined) {
        runner = new PluginRunner(definition, this.services);
        this.byId.set(definition.id, runner);
      } else runner.redefine(definition);
      this.byToken.set(definition.apiToken, runner);
    }
    for (const id of gone) {
      void this.byId.get(id)!.remove();
      this.byId.delete(id);
    }
  }

  /** Lets everything go; done when the plugins' hooks are. */
  async close(): Promise<void> {
    const runners = [...this.byId.values()];
    this.byId.clear();
    this.byToken.clear();
    this.rules = [];
    await Promise.all(runners.map((runner) => runner.remove()));
  }

  /** A rule that cannot be compiled never matches; why stands in the log. */
  private compile(definition: RuleDefinition): CompiledRule | undefined {
    try {
      return compileRule(definition, this.components);
    } catch (error) {
      const { tenantId, id, name } = definition;
      const source = { tenantId, entityId: id, component: 'rule' };
      const fields = { tenantId, ruleId: id, rule: name, error };
      this.services.faults.report(source, 'A rule does not work and is left out', fields);
      return undefined;
    }
  }
}
