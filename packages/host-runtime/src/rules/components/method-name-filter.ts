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

export class MethodNameFilterConfiguration {
  @IsArray()
  @ArrayNotEmpty()
  @ValidateNested({ each: true })
  @Type(() => Named)
  methodNames!: Named[];
}

/** Matches RPC requests for the configured methods. */
@injectable()
@RuleFilter({
  id: 'method-name',
  name: 'Method Name Filter',
  aliases: ['org.thingsboard.server.extensions.core.filter.MethodNameFilter'],
  configuration: MethodNameFilterConfiguration,
})
export class MethodNameFilter implements RuleFilterComponent {
  private readonly methods: ReadonlySet<string>;

  constructor(@inject(ComponentConfiguration) configuration: MethodNameFilterConfiguration) {
    this.methods = new Set(configuration.methodNames.map(({ name }) => name));
  }

  matches(message: RuleMessage): boolean {
    return message.method !== undefined && this.methods.has(message.method);
  }
}
