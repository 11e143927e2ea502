import { PluginAction, type PluginActionComponent, type RuleMessage } from '@device-messaging/plugin-api';
import { injectable } from 'inversify';

/** Two-way: hands an RPC request to the plugin's handler of its method; the handler's reply answers the device. */
@injectable()
@PluginAction({
  id: 'rpc',
  name: 'RPC Plugin Action',
  aliases: ['org.thingsboard.server.extensions.core.action.rpc.RpcPluginAction'],
  mode: 'two-way',
})
export class RpcPluginAction implements PluginActionComponent {
  toPlugin(message: RuleMessage): RuleMessage | undefined {
    return message.type === 'RPC_REQUEST' ? message : undefined;
  }
}
