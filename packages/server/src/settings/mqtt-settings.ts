import { DEFAULT_MQTT_LIMITS, MQTT_LIMIT_RANGES, type MqttLimits } from '@device-messaging/transport-mqtt';
import { limitsSection } from './limits-section.js';
import { IsFilledText, IsIntegerFrom, IsSection } from './value-rules.js';

/** What one MQTT connection may cost; each member is explained at `MqttLimits`. */
const MqttLimitSettings = limitsSection(DEFAULT_MQTT_LIMITS, MQTT_LIMIT_RANGES);

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
  limits: MqttLimits = new MqttLimitSettings();
}
