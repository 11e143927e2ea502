import { completeLimits, MAX_TIMER_MS, type LimitRanges } from '@device-messaging/host-api';

/** What one connection may cost. Every member is a whole number; the defaults are {@link DEFAULT_MQTT_LIMITS}. */
export interface MqttLimits {
  /** Largest packet that a device may send, bytes, fixed header included. Checked before anything is buffered. */
  readonly maxPacketBytes: number;
  /** Ms from the start of a connection to its CONNECT, and again from there to the host's verdict. */
  readonly connectTimeoutMs: number;
  /** Unanswered requests of one session at which reading from its connection pauses. */
  readonly maxInFlight: number;
  /** Bytes written but not taken by the network above which calls are refused as busy and reading pauses. */
  readonly maxUnsentBytes: number;
  /** Ms after which a connection above `maxUnsentBytes` that has completed no write is closed. */
  readonly stallTimeoutMs: number;
  /** QoS 2 publishes that an MQTT 5 device may have under way; announced in CONNACK (MQTT 5 section 3.2.2.3.3). */
  readonly receiveMaximum: number;
  /** QoS 1 messages that wait for a device's PUBACK; an MQTT 5 device may announce a smaller receive maximum. */
  readonly maxUnacknowledged: number;
  /** Topic filters of one session. */
  readonly maxSubscriptions: number;
  /** Ms that a closing connection may take to get its last packet out. */
  readonly lingerMs: number;
}

/** The limits of a transport that was given none. */
export const DEFAULT_MQTT_LIMITS: MqttLimits = Object.freeze({
  maxPacketBytes: 256 * 1024,
  connectTimeoutMs: 10_000,
  maxInFlight: 100,
  maxUnsentBytes: 256 * 1024,
  stallTimeoutMs: 10_000,
  receiveMaximum: 100,
  maxUnacknowledged: 1_000,
  maxSubscriptions: 100,
  lingerMs: 1_000,
});

const MAX_PACKET_ID = 65_535;

/** Smallest and largest value of each limit. The largest packet is what MQTT's length field can say. */
export const MQTT_LIMIT_RANGES: LimitRanges<MqttLimits> = {
  maxPacketBytes: [128, 268_435_460],
  connectTimeoutMs: [1, MAX_TIMER_MS],
  maxInFlight: [1, 1_000_000],
  maxUnsentBytes: [1, Number.MAX_SAFE_INTEGER],
  stallTimeoutMs: [1, MAX_TIMER_MS],
  receiveMaximum: [1, MAX_PACKET_ID],
  maxUnacknowledged: [1, MAX_PACKET_ID],
  maxSubscriptions: [1, 1_000_000],
  lingerMs: [1, MAX_TIMER_MS],
};

/**
 * Completes limits with the defaults.
 * @throws RangeError naming the first limit that is unknown or out of its range.
 */
export function readLimits(given?: Partial<MqttLimits>): MqttLimits {
  return completeLimits('MQTT', DEFAULT_MQTT_LIMITS, MQTT_LIMIT_RANGES, given);
}
