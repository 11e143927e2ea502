import {
  ComponentConfiguration,
  MESSAGE_TYPES,
  RuleFilter,
  type MessageType,
  type RuleFilterComponent,
  type RuleMessage,
} from '@device-messaging/plugin-api';
import { ArrayNotEmpty, IsArray, IsIn } from 'class-validator';
import { inject, injectable } from 'inversify';

export class MessageTypeFilterConfiguration {
  @IsArray()
  @ArrayNotEmpty()
  @IsIn(MESSAGE_TYPES, { each: true, message: `each of messageTypes must be one of ${MESSAGE_TYPES.join(', ')}` })
  messageTypes!: MessageType[];
}

/** Matches messages of the configured types. */
@injectable()
@RuleFilter({
  id: 'message-type',
  name: 'Message Type Filter',
  aliases: ['org.thingsboard.server.extensions.core.filter.MsgTypeFilter'],
  configuration: MessageTypeFilterConfiguration,
})
export class MessageTypeFilter implements RuleFilterComponent {
  private readonly types: ReadonlySet<MessageType>;

  constructor(@inject(ComponentConfiguration) configuration: MessageTypeFilterConfiguration) {
    this.types = new Set(configuration.messageTypes);
  }

  matches(message: RuleMessage): boolean {
    return this.types.has(message.type);
  }
}
