import { ValidateBy, type ValidationArguments } from 'class-validator';
import { timeFormatProblem } from './time-format.js';

/** Settings of the time plugin; the member is that of ThingsBoard 1.x. */
export class TimeConfiguration {
  /** Java's and Unicode's date pattern, `yyyy MM dd HH:mm:ss.SSS` say. Empty: the time is epoch ms. */
  @IsTimeFormat()
  readonly timeFormat: string = '';
}

function IsTimeFormat(): PropertyDecorator {
  return ValidateBy({
    name: 'isTimeFormat',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && timeFormatProblem(value) === undefined,
      defaultMessage: (args?: ValidationArguments) => {
        const why = typeof args?.value === 'string' ? timeFormatProblem(args.value) : 'it is not a string';
        return `timeFormat must be empty or a date pattern such as "yyyy MM dd HH:mm:ss.SSS": ${why}`;
      },
    },
  });
}
