import { describePluginContract } from '@device-messaging/testkit';
import { TimePlugin } from './time-plugin.js';

describePluginContract('TimePlugin', TimePlugin, {
  configurations: { valid: [{ timeFormat: 'HH:mm' }], invalid: [{ timeFormat: 'HH:mm noon' }, { timeFormat: null }] },
});
