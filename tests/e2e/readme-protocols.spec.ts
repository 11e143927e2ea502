import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { connectDevice, type DeviceClient, type ReceivedCall } from '@device-messaging/device-client';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { A2 } from './demo-account.js';
import { describeWithPrograms } from './programs-installed.js';
import { ServerProcess } from './server-process.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** The commands that the README's section shows, each with its output. */
const TRANSCRIPTS = [
  ...readFileSync(`${ROOT}README.md`, 'utf8')
    .split('## The same call in each protocol')[1]!
    .split('\n## ')[0]!
    .matchAll(/```\n\$ (.*)\n([^`]*)```/g),
].map(([, command, output]) => ({ command: command!, output: output! }));

describeWithPrograms(['curl', 'coap-client-notls', 'mosquitto_rr'], 'the README’s calls in each protocol', () => {
  let server: ServerProcess;
  let listener: DeviceClient;
  const calls: ReceivedCall[] = [];

  beforeAll(async () => {
    server = await ServerProcess.start();
    listener = await connectDevice(`coap://127.0.0.1:${server.coapPort}`, A2.token);
    await listener.listen((call) => {
      calls.push(call);
      void call.reply('{"status":"ok"}');
    });
  });

  afterAll(async () => {
    await listener.close();
    await server.stop();
  });

  test('are four', () => {
    expect(TRANSCRIPTS.map(({ command }) => command.split(' ')[0])).toEqual([
      'curl',
      'coap-client-notls',
      'mosquitto_rr',
      'npx',
    ]);
  });

  test.each(TRANSCRIPTS)('$command', async ({ command, output }) => {
    const here = command
      .replace('127.0.0.1:8080', `127.0.0.1:${server.httpPort}`)
      .replace('coap://127.0.0.1/', `coap://127.0.0.1:${server.coapPort}/`)
      .replace('mosquitto_rr ', `mosquitto_rr -p ${server.mqttPort} `);
    const before = calls.length;
    const { stdout } = await promisify(execFile)('sh', ['-c', here], { cwd: ROOT });
    expect(stdout.trimEnd()).toBe(output.trimEnd());
    expect(calls.slice(before).map(({ method, params }) => [method, params])).toEqual([
      ['onMsg', '{"param1":"value1"}'],
    ]);
  });
});
