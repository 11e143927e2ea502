import 'reflect-metadata';
import { SameCustomerPolicy, type MessagingPolicy } from '@device-messaging/messaging-plugin';
import type { AccessDecision, Device } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';

const CALLER_TYPE = 'controller';
const TARGET_TYPE = 'actuator';

/** Only devices of type `controller` may call, and only devices of type `actuator`, of the same customer. */
@injectable()
export class ControllerToActuatorPolicy implements MessagingPolicy {
  constructor(@inject(SameCustomerPolicy) private readonly sameCustomer: SameCustomerPolicy) {}

  authorize(caller: Device, target: Device): AccessDecision {
    const decision = this.sameCustomer.authorize(caller, target);
    if (!decision.allowed) return decision;
    if (caller.type !== CALLER_TYPE) return denied(`caller ${caller.id} is of type ${caller.type}, not ${CALLER_TYPE}`);
    if (target.type !== TARGET_TYPE) return denied(`target ${target.id} is of type ${target.type}, not ${TARGET_TYPE}`);
    return decision;
  }
}

function denied(reason: string): AccessDecision {
  return { allowed: false, reason };
}
