export { MqttTransport } from './mqtt-transport.js';
export { DEFAULT_MQTT_LIMITS, MQTT_LIMIT_RANGES, type MqttLimits } from './mqtt-limits.js';
export type { ConnectionFacts } from './connection/connection-facts.js';
