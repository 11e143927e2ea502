import { describe, expect, it } from '@jest/globals';
import type { Device } from '@device-messaging/plugin-api';
import { SameCustomerPolicy } from './same-customer-policy.js';

const policy = new SameCustomerPolicy();

function device(id: string, facts: Partial<Device> = {}): Device {
  return { id, tenantId: 'tenant', customerId: 'customer-a', name: id, type: 'default', ...facts };
}

describe('SameCustomerPolicy', () => {
  it('MSG-25: lets devices of one customer reach each other', () => {
    expect(policy.authorize(device('a1'), device('a2'))).toEqual({ allowed: true });
  });

  it('MSG-17: lets a device reach itself', () => {
    const a1 = device('a1');
    expect(policy.authorize(a1, a1)).toEqual({ allowed: true });
  });

  it('MSG-25, MSG-27: refuses another customer and names both in the reason', () => {
    expect(policy.authorize(device('a1'), device('b1', { customerId: 'customer-b' }))).toEqual({
      allowed: false,
      reason: 'caller a1 is of customer customer-a, target b1 of customer customer-b',
    });
  });

  it('MSG-25: refuses a caller without a customer', () => {
    expect(policy.authorize(device('d1', { customerId: undefined }), device('a2'))).toEqual({
      allowed: false,
      reason: 'caller d1 has no customer',
    });
  });

  it('MSG-25: refuses a target without a customer', () => {
    expect(policy.authorize(device('a1'), device('d1', { customerId: undefined }))).toEqual({
      allowed: false,
      reason: 'target d1 has no customer',
    });
  });

  it('MSG-25: refuses two devices without a customer: they have none in common', () => {
    const decision = policy.authorize(device('d1', { customerId: undefined }), device('d2', { customerId: undefined }));
    expect(decision.allowed).toBe(false);
  });

  it('MSG-25: a device of another tenant is not found, even with the same customer id', () => {
    expect(policy.authorize(device('a1'), device('x1', { tenantId: 'other' }))).toEqual({
      allowed: false,
      reason: 'caller a1 is of tenant tenant, target x1 of tenant other',
      code: 'TARGET_NOT_FOUND',
    });
  });
});
