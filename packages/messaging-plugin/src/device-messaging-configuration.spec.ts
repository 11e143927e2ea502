import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { DeviceMessagingConfiguration } from './device-messaging-configuration.js';

function problemsWith(settings: object): string[] {
  const configuration = Object.assign(new DeviceMessagingConfiguration(), settings);
  return validateSync(configuration, { whitelist: true, forbidNonWhitelisted: true }).flatMap((error) =>
    Object.values(error.constraints ?? {}),
  );
}

describe('DeviceMessagingConfiguration', () => {
  it('MSG-29: has the defaults of ThingsBoard 1.x', () => {
    expect({ ...new DeviceMessagingConfiguration() }).toEqual({
      maxDeviceCountPerCustomer: 1024,
      defaultTimeout: 20000,
      maxTimeout: 60000,
    });
    expect(problemsWith({})).toEqual([]);
  });

  it.each([
    { maxDeviceCountPerCustomer: 0 },
    { maxDeviceCountPerCustomer: 1024 },
    { defaultTimeout: 1, maxTimeout: 1 },
    { defaultTimeout: 60000 },
    { maxTimeout: 2_147_483_647 },
  ])('MSG-29: accepts %j', (settings) => {
    expect(problemsWith(settings)).toEqual([]);
  });

  it.each([
    [{ maxDeviceCountPerCustomer: -1 }, 'maxDeviceCountPerCustomer must not be less than 0'],
    [{ maxDeviceCountPerCustomer: 1025 }, 'maxDeviceCountPerCustomer must not be greater than 1024'],
    [{ maxDeviceCountPerCustomer: 1.5 }, 'maxDeviceCountPerCustomer must be an integer number'],
    [{ defaultTimeout: 0 }, 'defaultTimeout must not be less than 1'],
    [{ defaultTimeout: 1.5 }, 'defaultTimeout must be an integer number'],
    [{ maxTimeout: 2_147_483_648 }, 'maxTimeout must not be greater than 2147483647'],
    [{ defaultTimeot: 5 }, 'property defaultTimeot should not exist'],
  ])('MSG-29: refuses %j', (settings, problem) => {
    expect(problemsWith(settings)).toEqual([problem]);
  });

  it.each([['2000'], [null], [[2000]]])('MSG-29: takes no %j for a number of ms', (maxTimeout) => {
    expect(problemsWith({ maxTimeout })).toContain('maxTimeout must be an integer number');
  });

  it('MSG-30: refuses a default timeout above the maximum and names both', () => {
    expect(problemsWith({ defaultTimeout: 70000 })).toEqual([
      'defaultTimeout (70000 ms) must not exceed maxTimeout (60000 ms)',
    ]);
    expect(problemsWith({ maxTimeout: 1000 })).toEqual([
      'defaultTimeout (20000 ms) must not exceed maxTimeout (1000 ms)',
    ]);
  });
});
