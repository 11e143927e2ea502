import { MAX_TIMER_MS } from '@device-messaging/host-api';
import { DEFAULT_MQTT_LIMITS, type MqttLimits } from '@device-messaging/transport-mqtt';
import { IsFilledText, IsIntegerFrom, IsSection } from './value-rules.js';

/** What one MQTT connection may cost; each member is explained at {@link MqttLimits}. */
export class MqttLimitSettings implements MqttLimits {
  @IsIntegerFrom(128, 268_435_460)
  maxPacketBytes = DEFAULT_MQTT_LIMITS.maxPacketBytes;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  connectTimeoutMs = DEFAULT_MQTT_LIMITS.connectTimeoutMs;

  @IsIntegerFrom(1, 1_000_000)
  maxInFlight = DEFAULT_MQTT_LIMITS.maxInFlight;

  @IsIntegerFrom(1, Number.MAX_SAFE_INTEGER)
  maxUnsentBytes = DEFAULT_MQTT_LIMITS.maxUnsentBytes;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  stallTimeoutMs = DEFAULT_MQTT_LIMITS.stallTimeoutMs;

  @IsIntegerFrom(1, 65_535)
  receiveMaximum = DEFAULT_MQTT_LIMITS.receiveMaximum;

  @IsIntegerFrom(1, 65_535)
  maxUnacknowledged = DEFAULT_MQTT_LIMITS.maxUnacknowledged;

  @IsIntegerFrom(1, 1_000_000)
  maxSubscriptions = DEFAULT_MQTT_LIMITS.maxSubscriptions;

  @IsIntegerFrom(1, MAX_TIMER_MS)
  lingerMs = DEFAULT_MQTT_LIMITS.lingerMs;
}

/** Where devices connect by MQTT. */
export class MqttSettings {
  /** An address of this machine; `0.0.0.0` is every IPv4 address it has. MQTTS is bound to it, too. */
  @IsFilledText()
  bindAddress = '0.0.0.0';

  /** TCP port; 0 takes any free one. */
  @IsIntegerFrom(0, 65_535)
  bindPort = 1883;

  /** The port of MQTTS, which is there when a certificate is set. */
  @IsIntegerFrom(0, 65_535)
  tlsBindPort = 8883;

  @IsSection(() => MqttLimitSettings)
  limits = new MqttLimitSettings();
}
