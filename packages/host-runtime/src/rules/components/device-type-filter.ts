import {
  ComponentConfiguration,
  RuleFilter,
  type RuleFilterComponent,
  type RuleMessage,
} from '@device-messaging/plugin-api';
import { Type } from 'class-transformer';
import { ArrayNotEmpty, IsArray, ValidateNested } from 'class-validator';
import { inject, injectable } from 'inversify';
import { Named } from './named.js';

export class DeviceTypeFilterConfiguration {
  @IsArray()
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => Named)
  deviceTypes!: Named[];
}

/** Matches messages of devices of the configured types. */
@injectable()
@RuleFilter({
  id: 'device-type',
  name: 'Device Type Filter',
  aliases: ['org.thingsboard.server.extensions.core.filter.DeviceTypeFilter'],
  configuration: DeviceTypeFilterConfiguration,
})
export class DeviceTypeFilter implements RuleFilterComponent {
  private readonly types: ReadonlySet<string>;

  constructor(@inject(ComponentConfiguration) configuration: DeviceTypeFilterConfiguration) {
    this.types = new Set(configuration.deviceTypes.map(({ name }) => name));
  }

  matches(message: RuleMessage): boolean {
    return this.types.has(message.device.type);
  }
}
