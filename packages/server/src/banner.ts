import { hostAndPort, type BoundAddress } from './listeners/bound-address.js';
import type { DeviceAddresses } from './ports/device-ports.js';
import type { WebAddresses } from './ports/web-ports.js';
import type { RunningServer } from './server.js';

/** Where the example scripts look for the server unless told otherwise. */
const USUAL = { addresses: ['127.0.0.1', '0.0.0.0', '::'], port: 1883 };

/** What the banner tells of a server. */
export type BannerFacts = DeviceAddresses & WebAddresses & Pick<RunningServer, 'firstAdministrator'>;

/** What the person who started the server should read: where it listens, and what to try. */
export function banner(version: string, server: BannerFacts, demo: boolean): string {
  const lines = [
    `Device Messaging ${version} is running${demo ? ' with the demo account' : ''}.`,
    '',
    ...portLines(server),
    '',
    ...administratorLines(server),
    ...(demo ? commandsToTry(server.mqtt) : []),
    'Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}

function administratorLines({ firstAdministrator }: BannerFacts): readonly string[] {
  if (firstAdministrator === undefined) return [];
  const { username, password } = firstAdministrator;
  return [
    `The system administrator ${username} was made, with the password ${password}`,
    'It is shown this once. Log in, and change it: device-messaging login, device-messaging password.',
    '',
  ];
}

function portLines({ mqtt, mqtts, http, https, coap, metrics }: DeviceAddresses & WebAddresses): readonly string[] {
  const ports = Object.entries({ MQTT: mqtt, MQTTS: mqtts, HTTP: http, HTTPS: https, CoAP: coap, Metrics: metrics });
  const open = ports.flatMap(([name, address]) => (address === undefined ? [] : [{ name, address }]));
  const width = Math.max(...open.map(({ name }) => name.length));
  return open.map(({ name, address }) => `  ${name.padEnd(width)}  ${hostAndPort(address)}`);
}

function commandsToTry(mqtt: BoundAddress): readonly string[] {
  const isUsual = mqtt.port === USUAL.port && USUAL.addresses.includes(mqtt.address);
  const server = isUsual ? '' : `MQTT_URL=mqtt://${hostAndPort(reachable(mqtt))} `;
  return [
    'Try it, each in a terminal of its own, from the root of the repository:',
    '',
    `  ${server}TOKEN=A1_TEST_TOKEN node examples/demo-account/get-device-list.js`,
    `  ${server}TOKEN=A2_TEST_TOKEN node examples/demo-account/receive-msg.js`,
    `  ${server}TOKEN=A1_TEST_TOKEN node examples/demo-account/send-msg.js`,
    '',
  ];
}

/** "Every address" is none to connect to. */
function reachable({ address, port }: BoundAddress): BoundAddress {
  return { address: address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address, port };
}
