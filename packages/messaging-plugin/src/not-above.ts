import { ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';

/**
 * class-validator decorator: the number of ms in this member must not exceed the one in another member.
 * What is not a number is left to the validators of that member.
 */
export function NotAbove(other: string, options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'notAbove',
      constraints: [other],
      validator: {
        validate: (value: unknown, args?: ValidationArguments) => {
          const limit = memberOf(args, other);
          return typeof value !== 'number' || typeof limit !== 'number' || value <= limit;
        },
        defaultMessage: (args?: ValidationArguments) =>
          `${args?.property} (${String(args?.value)} ms) must not exceed ${other} (${String(memberOf(args, other))} ms)`,
      },
    },
    options,
  );
}

function memberOf(args: ValidationArguments | undefined, member: string): unknown {
  return (args?.object as Readonly<Record<string, unknown>> | undefined)?.[member];
}
