import type { MqttLimits } from '../mqtt-limits.js';
import type { ProtocolVersion } from '../codec/protocol-version.js';
import { malformed, ProtocolViolation } from '../codec/protocol-violation.js';
import { ReasonCode } from '../codec/reason-code.js';
import type { FilterRequest } from '../codec/read-subscribe.js';
import { OWN_PREFIX } from '../topics/device-topic.js';
import type { Subscriptions } from '../topics/subscriptions.js';
import { isTopicFilter, matchesBelow } from '../topics/topic-filter.js';

/** MQTT 3.1.1's only failure code. */
const FAILURE = 0x80;
/** Far above what a filter for the device's own topics needs. */
const MAX_FILTER_LENGTH = 1024;

/**
 * Adds one line of a SUBSCRIBE packet to the subscriptions, if it is about the device's own topics.
 * @returns the line's code in SUBACK.
 * @throws ProtocolViolation when it is no topic filter, or cannot be refused in another way.
 */
export function subscribe(
  subscriptions: Subscriptions,
  { filter, qos }: FilterRequest,
  version: ProtocolVersion,
  limits: MqttLimits,
): number {
  if (!isTopicFilter(filter)) throw malformedFilter();
  const granted = qos === 0 ? 0 : 1;
  if (version === 5 && filter.startsWith('$share/')) return ReasonCode.SHARED_SUBSCRIPTIONS_NOT_SUPPORTED;
  if (!matchesBelow(filter, OWN_PREFIX)) {
    if (version === 5) return ReasonCode.NOT_AUTHORIZED;
    return version === 4 ? FAILURE : granted;
  }
  const isNew = !subscriptions.has(filter);
  if (isNew && (subscriptions.size >= limits.maxSubscriptions || filter.length > MAX_FILTER_LENGTH)) {
    if (version === 5) return ReasonCode.QUOTA_EXCEEDED;
    if (version === 4) return FAILURE;
    // MQTT 3.1 cannot say no, and a subscription that silently does nothing would be a lie.
    throw new ProtocolViolation(ReasonCode.QUOTA_EXCEEDED, 'there are too many topic filters, or one is too long');
  }
  subscriptions.add(filter, granted);
  return granted;
}

/** Removes a filter. @returns its code in UNSUBACK. @throws ProtocolViolation when it is no topic filter. */
export function unsubscribe(subscriptions: Subscriptions, filter: string): number {
  if (!isTopicFilter(filter)) throw malformedFilter();
  return subscriptions.remove(filter) ? ReasonCode.SUCCESS : ReasonCode.NO_SUBSCRIPTION_EXISTED;
}

function malformedFilter(): ProtocolViolation {
  return malformed('a topic filter is malformed: + and # fill a level alone, # is the last level, and none is empty');
}
