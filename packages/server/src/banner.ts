import { hostAndPort } from './listeners/bound-address.js';
import type { RunningServer } from './server.js';

/** The port that the example scripts take for granted. */
const MQTT_PORT = 1883;

/** What the person who started the server should read: where it listens, and what to try. */
export function banner(version: string, { mqtt, http }: Pick<RunningServer, 'mqtt' | 'http'>, demo: boolean): string {
  const lines = [
    `Device Messaging ${version} is running${demo ? ' with the demo account' : ''}.`,
    '',
    `  MQTT  ${hostAndPort(mqtt)}`,
    `  HTTP  ${hostAndPort(http)}`,
    '',
    ...(demo ? commandsToTry(mqtt.port) : ['There are no devices yet: --demo starts with the demo account.', '']),
    'Ctrl-C stops it.',
    '',
  ];
  return lines.join('\n');
}

function commandsToTry(port: number): readonly string[] {
  const where = port === MQTT_PORT ? '' : `MQTT_URL=mqtt://127.0.0.1:${port} `;
  return [
    'Try it, in another terminal, from the same directory:',
    '',
    `  ${where}TOKEN=A1_TEST_TOKEN node examples/demo-account/get-device-list.js`,
    `  ${where}TOKEN=A2_TEST_TOKEN node examples/demo-account/receive-msg.js`,
    `  ${where}TOKEN=A1_TEST_TOKEN node examples/demo-account/send-msg.js`,
    '',
  ];
}
