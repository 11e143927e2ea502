export { MqttTransport } from './mqtt-transport.js';
export { DEFAULT_MQTT_LIMITS, type MqttLimits } from './mqtt-limits.js';
export type { ConnectionFacts } from './connection/connection-facts.js';
