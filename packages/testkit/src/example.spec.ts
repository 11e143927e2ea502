import 'reflect-metadata';
import { createHost, InMemoryRegistry } from '@device-messaging/host-runtime';
import { DeviceRpc, JsonText, Plugin, RpcMethod, type Reply, type RpcCall } from '@device-messaging/plugin-api';
import {
  callHandlers,
  describePluginContract,
  digestOf,
  InMemoryTransport,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  VirtualTimers,
} from '@device-messaging/testkit';
import { expect, test } from '@jest/globals';
import { IsUUID } from 'class-validator';
import { inject, injectable } from 'inversify';

class RingParams {
  @IsUUID()
  readonly deviceId!: string;
}

@injectable()
@Plugin({ id: 'doorbell', name: 'Doorbell Plugin', apiVersion: 1 })
class DoorbellPlugin {
  constructor(@inject(DeviceRpc) private readonly rpc: DeviceRpc) {}

  @RpcMethod('ring', RingParams)
  ring(call: RpcCall<RingParams>): Reply<JsonText> {
    const message = { method: 'chime', params: JsonText.of({ times: 2 }) };
    return this.rpc.request(call.params.deviceId, message, { timeoutMs: 5_000, onBehalfOf: call });
  }
}

// The rules that every plugin must keep, one test each.
describePluginContract('DoorbellPlugin', DoorbellPlugin);

test('a button rings the bell, and learns when the bell does not answer', async () => {
  const registry = new InMemoryRegistry();
  const { tenant, customer } = await tenantWithCustomer(registry);
  const owner = { tenantId: tenant.id, customerId: customer.id };
  const { id: deviceId } = await newDevice(registry, owner, { name: 'bell' });
  registry.setCredentials(deviceId, 'ACCESS_TOKEN', digestOf('BELL_TOKEN'));
  const button = await newDevice(registry, owner, { name: 'button' });
  registry.setCredentials(button.id, 'ACCESS_TOKEN', digestOf('BUTTON_TOKEN'));
  await newPlugin(registry, tenant.id, { clazz: 'doorbell', apiToken: 'doorbell', configuration: {} });
  await newRule(registry, tenant.id, { pluginToken: 'doorbell', filters: [] });

  const timers = new VirtualTimers();
  const transport = new InMemoryTransport();
  const host = createHost({ plugins: [DoorbellPlugin], transports: [transport], registry, timers });
  await host.start();
  const bell = await transport.connect('BELL_TOKEN', { listen: true, onCall: callHandlers.text('"ding dong"') });
  const visitor = await transport.connect('BUTTON_TOKEN');

  expect(await visitor.request('ring', { deviceId })).toBe('"ding dong"');
  expect(bell.calls[0]).toMatchObject({ method: 'chime', params: '{"times":2}' });

  bell.onCall(callHandlers.silent());
  const answer = visitor.request('ring', { deviceId });
  await timers.advanceAsync(5_000);
  expect(await answer).toBe('{"error":"Timeout while waiting response from device!"}');

  await host.stop();
  expect(timers.pending).toBe(0);
});
