import { describe, expect, it } from '@jest/globals';
import { banner } from './banner.js';

const rest = {
  http: { address: '127.0.0.1', port: 8080 },
  coap: { address: '127.0.0.1', port: 5683 },
  mqtts: undefined,
  https: undefined,
  metrics: undefined,
  firstAdministrator: undefined,
};

describe('banner', () => {
  it('says where the server listens and what to try', () => {
    expect(banner('1.2.3', { mqtt: { address: '127.0.0.1', port: 1883 }, ...rest }, true).split('\n')).toEqual([
      'Device Messaging 1.2.3 is running with the demo account.',
      '',
      '  MQTT  127.0.0.1:1883',
      '  HTTP  127.0.0.1:8080',
      '  CoAP  127.0.0.1:5683',
      '',
      'Try it, each in a terminal of its own, from the root of the repository:',
      '',
      '  TOKEN=A1_TEST_TOKEN node examples/demo-account/get-device-list.js',
      '  TOKEN=A2_TEST_TOKEN node examples/demo-account/receive-msg.js',
      '  TOKEN=A1_TEST_TOKEN node examples/demo-account/send-msg.js',
      '',
      'Ctrl-C stops it.',
      '',
    ]);
  });

  it.each([
    [{ address: '127.0.0.1', port: 4000 }, 'MQTT_URL=mqtt://127.0.0.1:4000 TOKEN'],
    [{ address: '0.0.0.0', port: 4000 }, 'MQTT_URL=mqtt://127.0.0.1:4000 TOKEN'],
    [{ address: '10.0.0.1', port: 1883 }, 'MQTT_URL=mqtt://10.0.0.1:1883 TOKEN'],
    [{ address: '::1', port: 1883 }, 'MQTT_URL=mqtt://[::1]:1883 TOKEN'],
  ])('names the server in its commands when it listens on %j', (mqtt, expected) => {
    expect(banner('1.2.3', { ...rest, mqtt }, true)).toContain(expected);
  });

  it('names the ports of TLS when there are any', () => {
    const [mqtts, https] = [
      { address: '127.0.0.1', port: 8883 },
      { address: '::1', port: 8443 },
    ];
    expect(banner('1.2.3', { ...rest, mqtt: { address: '127.0.0.1', port: 1883 }, mqtts, https }, true)).toContain(
      [
        '  MQTT   127.0.0.1:1883',
        '  MQTTS  127.0.0.1:8883',
        '  HTTP   127.0.0.1:8080',
        '  HTTPS  [::1]:8443',
        '  CoAP   127.0.0.1:5683',
      ].join('\n'),
    );
  });

  it('has nothing to try without the demo account', () => {
    const text = banner('1.2.3', { ...rest, mqtt: { address: '0.0.0.0', port: 1883 } }, false);
    expect(text).not.toContain('TOKEN=');
    expect(text).not.toContain('administrator');
  });

  it('tells the password of the first administrator', () => {
    const firstAdministrator = { username: 'sysadmin', password: 'p4ss' };
    const text = banner('1.2.3', { ...rest, mqtt: { address: '0.0.0.0', port: 1883 }, firstAdministrator }, false);
    expect(text).toContain('The system administrator sysadmin was made, with the password p4ss');
  });
});
