import { PluginAction, type PluginActionComponent, type RuleMessage } from '@device-messaging/plugin-api';
import { injectable } from 'inversify';

/** One-way: hands any message to the plugin's handler of its type and lets the walk through the rules go on. */
@injectable()
@PluginAction({ id: 'forward', name: 'Forward Plugin Action', mode: 'one-way' })
export class ForwardPluginAction implements PluginActionComponent {
  toPlugin(message: RuleMessage): RuleMessage {
    return message;
  }
}
