import { ValidateBy, type ValidationOptions } from 'class-validator';
import { JsonText } from './json-text.js';

/**
 * class-validator decorator of a {@link JsonText} member of a params class: any JSON value is valid, and it arrives
 * as the bytes that came in. An absent member keeps its initialiser.
 */
export function IsJson(options?: ValidationOptions): PropertyDecorator {
  return ValidateBy(
    {
      name: 'isJson',
      validator: {
        validate: (value: unknown) => value instanceof JsonText,
        defaultMessage: (args) => `${args?.property ?? 'value'} must be JSON`,
      },
    },
    options,
  );
}
