import 'reflect-metadata';
import { IsInt, IsString, ValidateBy, type ValidationArguments } from 'class-validator';
import { IfPresent } from './if-present.js';
import { IsDeviceId } from './is-device-id.js';

/** What a row of getDevices can carry beside id and name. */
export type DeviceField = 'type' | 'online';

const DEVICE_FIELDS: readonly unknown[] = ['type', 'online'] satisfies DeviceField[];

/** Params of getDevices, all of them opt-in. */
export class GetDevicesParams {
  /** At most this many rows; 1…maxDeviceCountPerCustomer, which is checked where the configuration is known. */
  @IfPresent()
  @IsInt({ message: 'limit must be an integer' })
  readonly limit: number | undefined;

  /** Only devices younger than this one: the page after it. In any case. */
  @IfPresent()
  @IsDeviceId()
  readonly after: string | undefined;

  /** Only devices of this type; exact match. */
  @IfPresent()
  @IsString({ message: 'type must be a string' })
  readonly type: string | undefined;

  /** Only devices of this name; exact match. */
  @IfPresent()
  @IsString({ message: 'name must be a string' })
  readonly name: string | undefined;

  /** Members to add to every row. */
  @IsDeviceFields()
  readonly fields: readonly DeviceField[] = [];
}

function IsDeviceFields(): PropertyDecorator {
  return ValidateBy({
    name: 'isDeviceFields',
    validator: {
      validate: (value: unknown) => Array.isArray(value) && value.every((field) => DEVICE_FIELDS.includes(field)),
      defaultMessage: (args?: ValidationArguments) => `${args?.property} must be an array out of "type" and "online"`,
    },
  });
}
