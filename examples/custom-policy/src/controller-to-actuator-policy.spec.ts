import { describe, expect, it } from '@jest/globals';
import { SameCustomerPolicy } from '@device-messaging/messaging-plugin';
import type { Device } from '@device-messaging/plugin-api';
import { ControllerToActuatorPolicy } from './controller-to-actuator-policy.js';

const policy = new ControllerToActuatorPolicy(new SameCustomerPolicy());
const panel = device('panel', 'controller');
const valve = device('valve', 'actuator');

function device(id: string, type: string, facts: Partial<Device> = {}): Device {
  return { id, tenantId: 'tenant', customerId: 'customer-a', name: id, type, ...facts };
}

describe('ControllerToActuatorPolicy', () => {
  it('lets a controller call an actuator', () => {
    expect(policy.authorize(panel, valve)).toEqual({ allowed: true });
  });

  it('lets nobody else call', () => {
    expect(policy.authorize(valve, valve)).toEqual({
      allowed: false,
      reason: 'caller valve is of type actuator, not controller',
    });
  });

  it('lets nobody else be called', () => {
    expect(policy.authorize(panel, panel)).toEqual({
      allowed: false,
      reason: 'target panel is of type controller, not actuator',
    });
  });

  it('keeps to one customer and to one tenant', () => {
    expect(policy.authorize(panel, device('valve-b', 'actuator', { customerId: 'customer-b' }))).toEqual({
      allowed: false,
      reason: 'caller panel is of customer customer-a, target valve-b of customer customer-b',
    });
    expect(policy.authorize(panel, device('valve-x', 'actuator', { tenantId: 'other' }))).toMatchObject({
      allowed: false,
      code: 'TARGET_NOT_FOUND',
    });
  });
});
