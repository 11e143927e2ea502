import type { AccessDecision, Awaitable, Device } from '@device-messaging/plugin-api';

/**
 * The security rule: whether one device may send messages to another. {@link SameCustomerPolicy} unless a host
 * application rebinds this token when it registers the plugin.
 *
 * Asked with rows read at this moment: when a message is sent, before each hand-over, and while the message waits
 * whenever the row of caller or target changed. So it must be quick, must not keep the rows, and answers
 * synchronously when it can. When it throws, or exceeds the host's hook deadline (10 s by default), the message is not
 * handed over and its caller gets `Internal server error!`.
 *
 * The host looks for the target first, among the devices of the plugin's tenant: a device that is not there is
 * `Target device not found!` and the policy is not asked.
 */
export interface MessagingPolicy {
  /** The decision; the reason of a refusal names the facts it rests on, for the log, and never travels to a device. */
  authorize(caller: Device, target: Device): Awaitable<AccessDecision>;
}

export const MessagingPolicy: unique symbol = Symbol.for('device-messaging:MessagingPolicy');
