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

const MAX_TIMER_MS = 2 ** 31 - 1;
const MAX_PACKET_ID = 65_535;

/** Smallest and largest value of each limit. The largest packet is what MQTT's length field can say. */
const RANGES: Readonly<Record<keyof MqttLimits, readonly [number, number]>> = {
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
export function readLimits(given: Partial<MqttLimits> = {}): MqttLimits {
  const limits: Record<string, number> = { ...DEFAULT_MQTT_LIMITS };
  for (const [name, value] of Object.entries(given)) {
    const range = Object.hasOwn(RANGES, name) ? RANGES[name as keyof MqttLimits] : undefined;
    if (range === undefined) {
      throw new RangeError(`MQTT limit "${name}" is unknown; known are ${Object.keys(RANGES).join(', ')}`);
    }
    if (value === undefined) continue;
    const [least, most] = range;
    if (!Number.isInteger(value) || value < least || value > most) {
      throw new RangeError(
        `MQTT limit ${name} is ${String(value)}; it must be a whole number from ${least} to ${most}`,
      );
    }
    limits[name] = value;
  }
  return Object.freeze(limits) as unknown as MqttLimits;
}
