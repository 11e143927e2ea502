export { ControllerToActuatorPolicy } from './controller-to-actuator-policy.js';
export { controlledMessaging } from './controlled-messaging.js';
