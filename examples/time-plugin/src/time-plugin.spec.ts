import { describe, expect, it } from '@jest/globals';
import { NoParams, pluginMetadataOf, rpcMethodsOf, type RpcCall } from '@device-messaging/plugin-api';
import { TimeConfiguration } from './time-configuration.js';
import { TimePlugin } from './time-plugin.js';

/** Noon in the zone of the process, whichever that is. */
const NOON = new Date(2016, 9, 31, 12, 0, 0, 0).getTime();

function getTime(settings: Partial<TimeConfiguration>): unknown {
  const plugin = new TimePlugin({ now: () => NOON });
  const call: RpcCall<NoParams, TimeConfiguration> = {
    method: 'getTime',
    params: new NoParams(),
    configuration: Object.assign(new TimeConfiguration(), settings),
    caller: { id: 'a1', tenantId: 'tenant', customerId: undefined, name: 'A1', type: 'default' },
    receivedAt: NOON,
    expiresAt: undefined,
  };
  return plugin.getTime(call);
}

describe('TimePlugin', () => {
  it('answers the time in the configured format', () => {
    expect(getTime({ timeFormat: 'yyyy MM dd HH:mm:ss.SSS' })).toEqual({ time: '2016 10 31 12:00:00.000' });
  });

  it('answers epoch ms without a format', () => {
    expect(getTime({})).toEqual({ time: NOON });
    expect(getTime({ timeFormat: '' })).toEqual({ time: NOON });
  });

  it('is what ThingsBoard 1.x export files mean', () => {
    expect(pluginMetadataOf(TimePlugin)).toMatchObject({
      id: 'time',
      aliases: ['org.thingsboard.server.extensions.core.plugin.time.TimePlugin'],
    });
    expect(rpcMethodsOf(TimePlugin)).toEqual([{ method: 'getTime', params: NoParams, handler: 'getTime' }]);
  });
});
