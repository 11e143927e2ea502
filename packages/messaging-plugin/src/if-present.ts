import { ValidateIf } from 'class-validator';

/**
 * class-validator decorator: the member may be absent. `IsOptional` would let `null` pass as well, which the device
 * API takes for a value of the wrong type.
 */
export function IfPresent(): PropertyDecorator {
  return ValidateIf((_params: object, value: unknown) => value !== undefined);
}
