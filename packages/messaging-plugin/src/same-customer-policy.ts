import 'reflect-metadata';
import type { AccessDecision, Device } from '@device-messaging/plugin-api';
import { injectable } from 'inversify';
import type { MessagingPolicy } from './messaging-policy.js';

const ALLOWED: AccessDecision = Object.freeze({ allowed: true });

/**
 * ThingsBoard's rule: devices exchange messages only while both are assigned to the same customer of the same tenant.
 * Two devices without a customer have none in common.
 */
@injectable()
export class SameCustomerPolicy implements MessagingPolicy {
  /** Answers synchronously, so that a policy built on this one can, too. */
  authorize(caller: Device, target: Device): AccessDecision {
    if (caller.tenantId !== target.tenantId) {
      const reason = `caller ${caller.id} is of tenant ${caller.tenantId}, target ${target.id} of tenant ${target.tenantId}`;
      // The answer of a device that does not exist, so that nobody learns what another tenant has.
      return { allowed: false, reason, code: 'TARGET_NOT_FOUND' };
    }
    if (caller.customerId === undefined) return denied(`caller ${caller.id} has no customer`);
    if (target.customerId === undefined) return denied(`target ${target.id} has no customer`);
    if (caller.customerId !== target.customerId) {
      return denied(
        `caller ${caller.id} is of customer ${caller.customerId}, target ${target.id} of customer ${target.customerId}`,
      );
    }
    return ALLOWED;
  }
}

function denied(reason: string): AccessDecision {
  return { allowed: false, reason };
}
