import type { Constructor } from '@device-messaging/plugin-api';
import { getMetadataStorage, validateSync, ValidationTypes, type ValidationArguments } from 'class-validator';

type ValidationMetadata = ReturnType<ReturnType<typeof getMetadataStorage>['getTargetValidationMetadatas']>[number];

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

const NOTHING: object = {};
const NO_PROBLEMS: readonly string[] = [];

/** Whether a member's value satisfies its rules, or one of them. */
type Check = (params: object, value: unknown) => boolean;

/**
 * The class-validator rules of a params class, looked up once. A request that passes costs one call a rule; only one
 * that does not goes through class-validator itself, which then has the last word and the texts.
 */
export class ParamsRules {
  readonly members: readonly string[];
  /** Members that take their JSON verbatim. */
  readonly jsonMembers: ReadonlySet<string>;
  /** Objects within the params are instances of classes themselves. */
  readonly isNested: boolean;
  private readonly checks: readonly { readonly member: string; readonly isValid: Check }[];

  constructor(private readonly type: Constructor) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(type, '', false, false);
    this.members = [...new Set(rules.map((rule) => rule.propertyName))];
    this.jsonMembers = new Set(rules.filter((rule) => rule.name === 'isJson').map((rule) => rule.propertyName));
    this.isNested = rules.some((rule) => rule.type === ValidationTypes.NESTED_VALIDATION);
    this.checks = this.members.map((member) => ({
      member,
      isValid: memberCheck(
        type,
        rules.filter((rule) => rule.propertyName === member),
      ),
    }));
  }

  /** What is wrong with params, each problem and what would be right; none when they are valid. */
  problemsOf(params: object): readonly string[] {
    if (!this.isNested && this.pass(params as Record<string, unknown>)) return NO_PROBLEMS;
    if (this.members.length === 0) return NO_PROBLEMS;
    return validateSync(params, { whitelist: true, forbidUnknownValues: true }).flatMap(
      function texts(error): string[] {
        return [...Object.values(error.constraints ?? {}), ...(error.children ?? []).flatMap(texts)];
      },
    );
  }

  private pass(params: Record<string, unknown>): boolean {
    for (const { member, isValid } of this.checks) if (!isValid(params, params[member])) return false;
    return true;
  }
}

/** All rules of one member as one check. A rule that cannot be looked up beforehand sends the params to the library. */
function memberCheck(type: Constructor, rules: readonly ValidationMetadata[]): Check {
  const conditions = rules.filter((rule) => rule.type === ValidationTypes.CONDITIONAL_VALIDATION);
  const checks = rules
    .filter((rule) => rule.type === ValidationTypes.CUSTOM_VALIDATION || rule.type === ValidationTypes.IS_DEFINED)
    .map((rule) => ruleCheck(type, rule));
  return (params, value) => {
    for (const condition of conditions) {
      const applies = condition.constraints[0] as Check;
      if (!applies(params, value)) return true;
    }
    for (const check of checks) if (!check(params, value)) return false;
    return true;
  };
}

function ruleCheck(type: Constructor, rule: ValidationMetadata): Check {
  const constraints = getMetadataStorage().getTargetValidatorConstraints(rule.constraintCls);
  if (rule.each || rule.validateIf !== undefined || constraints.length !== 1 || constraints[0]!.async) {
    return () => false;
  }
  const validator = constraints[0]!.instance;
  // One for all checks: validators are synchronous here, and look at it while they are called.
  const facts: Mutable<ValidationArguments> = {
    value: undefined,
    constraints: rule.constraints as unknown[],
    targetName: type.name,
    object: NOTHING,
    property: rule.propertyName,
  };
  return (params, value) => {
    facts.value = value;
    facts.object = params;
    const isValid = validator.validate(value, facts) === true;
    facts.value = undefined;
    facts.object = NOTHING;
    return isValid;
  };
}
