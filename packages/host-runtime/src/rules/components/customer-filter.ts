import {
  ComponentConfiguration,
  RuleFilter,
  type RuleFilterComponent,
  type RuleMessage,
} from '@device-messaging/plugin-api';
import { ArrayNotEmpty, IsArray, IsUUID } from 'class-validator';
import { inject, injectable } from 'inversify';

export class CustomerFilterConfiguration {
  @IsArray()
  @ArrayNotEmpty()
  @IsUUID('all', { each: true, message: 'each of customerIds must be the UUID of a customer' })
  customerIds!: string[];
}

/** Matches messages of devices that are assigned to one of the configured customers. */
@injectable()
@RuleFilter({ id: 'customer', name: 'Customer Filter', configuration: CustomerFilterConfiguration })
export class CustomerFilter implements RuleFilterComponent {
  private readonly customerIds: ReadonlySet<string>;

  constructor(@inject(ComponentConfiguration) configuration: CustomerFilterConfiguration) {
    this.customerIds = new Set(configuration.customerIds.map((id) => id.toLowerCase()));
  }

  matches(message: RuleMessage): boolean {
    return message.device.customerId !== undefined && this.customerIds.has(message.device.customerId);
  }
}
