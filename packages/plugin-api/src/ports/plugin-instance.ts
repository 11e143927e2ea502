/** Port: which instance this is. */
export interface PluginInstance {
  readonly tenantId: string;
  /** UUID of the plugin definition. */
  readonly id: string;
  /** The definition's name, chosen by the tenant. */
  readonly name: string;
  /** ThingsBoard's plugin token: how rules name this instance. */
  readonly token: string;
}

export const PluginInstance: unique symbol = Symbol.for('device-messaging:PluginInstance');
