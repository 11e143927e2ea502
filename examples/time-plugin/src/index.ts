export { TimePlugin, type TimeAnswer } from './time-plugin.js';
export { TimeConfiguration } from './time-configuration.js';
