import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { Command } from './command.js';
import { describeWithPrograms } from './programs-installed.js';
import { ServerProcess } from './server-process.js';
import { idIn, transcriptsOf, withId, type Transcript } from './transcripts.js';

const README = new URL('../../examples/demo-account/README.md', import.meta.url);

let server: ServerProcess;
let running: Command[] = [];

beforeAll(async () => {
  server = await ServerProcess.start();
});

afterEach(async () => {
  for (const command of running) await command.interrupt('SIGKILL');
  running = [];
});

afterAll(async () => {
  await server.kill();
});

/** Runs what the README shows, at this server's ports. */
function run(command: string): Command {
  const here = command
    .replace('http://127.0.0.1:8080', server.httpUrl)
    .replace('coap://127.0.0.1', `coap://127.0.0.1:${server.coapPort}`)
    .replace(/^mosquitto_\w+/, `$& -h 127.0.0.1 -p ${server.mqttPort}`);
  // Without a shell that stays in between: signals are for the program.
  const started = new Command('/bin/sh', ['-c', `exec ${here}`]);
  running.push(started);
  return started;
}

/** A1 calls A2, which listens, is asked, and replies, each as the README shows it. */
async function callAndReply(listen: Transcript, send: Transcript, reply: Transcript): Promise<void> {
  const a2 = run(listen.command);
  const a1 = run(send.command);
  await a2.untilPrinted('"value1"}}');
  const id = idIn(a2.stdout);
  const replied = await run(withId(reply.command, id)).end;
  expect([replied.code, replied.stdout]).toEqual([0, reply.output]);
  expect((await a1.end).stdout.trim()).toBe(send.output.trim());
  const { stdout } = await a2.interrupt();
  expect(stdout.trim()).toBe(withId(listen.output, id).trim());
}

async function prints({ command, output }: Transcript): Promise<void> {
  expect((await run(command).end).stdout.trim()).toBe(output.trim());
}

describe('the README of the demo account', () => {
  test('shows what each program prints', () => {
    const counts = ['HTTP', 'CoAP', 'MQTT'].map((section) => transcriptsOf(README, section).length);
    expect(counts).toEqual([5, 4, 4]);
  });
});

describeWithPrograms(['curl'], 'the commands of the README over HTTP', () => {
  const [list, poll, send, reply, stream] = transcriptsOf(README, 'HTTP') as [Transcript, ...Transcript[]];

  test('list the devices', () => prints(list));

  test('call A2, which polls', () => callAndReply(poll!, send!, reply!));

  test('call A2, which leaves a stream open', () => callAndReply(stream!, send!, reply!));
});

describeWithPrograms(['coap-client-notls'], 'the commands of the README over CoAP', () => {
  const [list, observe, send, reply] = transcriptsOf(README, 'CoAP') as [Transcript, ...Transcript[]];

  test('list the devices', () => prints(list));

  test('call A2, which observes', () => callAndReply(observe!, send!, reply!));
});

describeWithPrograms(['mosquitto_pub', 'mosquitto_rr', 'mosquitto_sub'], 'the commands of the README over MQTT', () => {
  const [list, subscribe, send, reply] = transcriptsOf(README, 'MQTT') as [Transcript, ...Transcript[]];

  test('list the devices', () => prints(list));

  test('call A2, which subscribes', () => callAndReply(subscribe!, send!, reply!));
});
