import 'reflect-metadata';
import type { Constructor } from './plugin.js';
import type { Awaitable } from './reply.js';
import type { RuleMessage } from './rule-message.js';

/**
 * Token under which a rule component's validated configuration is injected:
 * `constructor(@inject(ComponentConfiguration) configuration: MyConfiguration)`. One component object serves one
 * place in one rule; a changed rule gets new ones.
 */
export const ComponentConfiguration: unique symbol = Symbol.for('device-messaging:ComponentConfiguration');

/**
 * Decides whether a rule applies to a message. All filters of a rule must match. A filter that throws, or that takes
 * longer than the hook deadline, does not match, and the failure is logged: it fails closed.
 */
export interface RuleFilterComponent {
  matches(message: RuleMessage): Awaitable<boolean>;
}

/** Adds what it finds out to a message on its way to the rule's action. When it throws, the action does not run. */
export interface RuleProcessorComponent {
  process(message: RuleMessage): Awaitable<Readonly<Record<string, unknown>>>;
}

/**
 * The end of a rule: decides what reaches the rule's plugin.
 *
 * A **two-way** action ends the walk of an RPC request: the plugin's reply is the caller's answer. A **one-way**
 * action hands the message over and the walk goes on.
 */
export interface PluginActionComponent {
  /** The message for the plugin, or `undefined` when there is nothing for it. */
  toPlugin(message: RuleMessage, metadata: Readonly<Record<string, unknown>>): RuleMessage | undefined;
}

/** What a rule component says about itself. */
export interface RuleComponentMetadata {
  /** Stable id, kebab-case, unique among the components of a host. Rules name it as `clazz`. */
  readonly id: string;
  readonly name: string;
  /** class-validator class of its settings, see {@link PluginMetadata.configuration}. */
  readonly configuration?: Constructor;
  /** Other `clazz` names that mean this component, ThingsBoard 1.x's Java class say. */
  readonly aliases?: readonly string[];
}

/** What a plugin action says about itself. */
export interface PluginActionMetadata extends RuleComponentMetadata {
  /** `two-way`: the plugin's reply answers the device. `one-way`: the message is handed over and the walk goes on. */
  readonly mode: 'one-way' | 'two-way';
}

/** A rule component class as a host registers it. */
export type RuleComponent =
  | { readonly kind: 'filter'; readonly metadata: RuleComponentMetadata }
  | { readonly kind: 'processor'; readonly metadata: RuleComponentMetadata }
  | { readonly kind: 'action'; readonly metadata: PluginActionMetadata };

const METADATA = Symbol('device-messaging:rule-component');

function declare(component: RuleComponent): (target: Constructor) => void {
  return (target) => Reflect.defineMetadata(METADATA, Object.freeze(component), target);
}

/** Declares a rule filter; the class also needs inversify's `@injectable()`. */
export function RuleFilter(metadata: RuleComponentMetadata): (target: Constructor<RuleFilterComponent>) => void {
  return declare({ kind: 'filter', metadata });
}

/** Declares a rule processor; the class also needs inversify's `@injectable()`. */
export function RuleProcessor(metadata: RuleComponentMetadata): (target: Constructor<RuleProcessorComponent>) => void {
  return declare({ kind: 'processor', metadata });
}

/** Declares a plugin action; the class also needs inversify's `@injectable()`. */
export function PluginAction(metadata: PluginActionMetadata): (target: Constructor<PluginActionComponent>) => void {
  return declare({ kind: 'action', metadata });
}

/**
 * What one of the three decorators declared on a class.
 * @throws TypeError when the class is not a rule component.
 */
export function ruleComponentOf(target: Constructor): RuleComponent {
  const component = Reflect.getOwnMetadata(METADATA, target) as RuleComponent | undefined;
  if (component === undefined) {
    throw new TypeError(
      `${target.name} is not a rule component: it has no @RuleFilter, @RuleProcessor or @PluginAction`,
    );
  }
  return component;
}
