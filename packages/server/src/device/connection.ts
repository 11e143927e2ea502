import { readFileSync } from 'node:fs';
import {
  connectDevice,
  DeviceClientError,
  type ConnectOptions,
  type DeviceClient,
} from '@device-messaging/device-client';
import { Option, type Command } from 'commander';
import { EXIT_FAILED, EXIT_USAGE, ExitError } from '../command-line/exit-error.js';
import { wholeNumber } from '../command-line/whole-number.js';

const DEFAULT_URL = 'mqtt://127.0.0.1';
const MQTT_VERSIONS = { '3.1.1': 4, '5': 5 } as const;

/** The options of every command: which device, where and how. */
export interface ConnectionArguments {
  readonly url: string;
  readonly token?: string;
  readonly mqttVersion: keyof typeof MQTT_VERSIONS;
  readonly poll?: boolean;
  readonly ca?: string;
  readonly insecure?: boolean;
  readonly cert?: string;
  readonly key?: string;
  readonly connectTimeout?: number;
}

/** How long an answer may take when the request does not say, ms; see `ConnectOptions.answerTimeoutMs`. */
const ANSWER_TIMEOUT_MS = 90_000;

/** How much later than the request's own timeout the answer may come, ms. */
const ANSWER_GRACE_MS = 30_000;

export function addConnectionOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--url <url>', 'the server: mqtt, mqtts, ws, wss, http, https or coap')
        .env('DEVICE_URL')
        .default(DEFAULT_URL),
    )
    .addOption(new Option('--token <token>', 'access token of the device to play').env('DEVICE_TOKEN'))
    .addOption(new Option('--mqtt-version <version>', 'of MQTT').choices(Object.keys(MQTT_VERSIONS)).default('3.1.1'))
    .option('--poll', 'http: listen by long polling instead of server-sent events')
    .option('--ca <file>', "TLS: certificate authorities to trust instead of the system's, PEM")
    .option('--insecure', 'TLS: take any server certificate')
    .option('--cert <file>', 'TLS: client certificate, PEM')
    .option('--key <file>', 'TLS: its private key, PEM')
    .option('--connect-timeout <ms>', 'how long the server may take to show that it is there', wholeNumber)
    .allowExcessArguments(false);
}

/**
 * Runs something with a connected device and closes it afterwards.
 * @param timeoutMs of the request that will be made, where it has one of its own
 */
export async function withDevice(
  args: ConnectionArguments,
  use: (device: DeviceClient) => Promise<void>,
  timeoutMs = 0,
): Promise<void> {
  const device = await connect(args, Math.max(ANSWER_TIMEOUT_MS, timeoutMs + ANSWER_GRACE_MS));
  try {
    await use(device);
  } finally {
    await device.close();
  }
}

async function connect(args: ConnectionArguments, answerTimeoutMs: number): Promise<DeviceClient> {
  const { url, token = '', cert, key } = args;
  if (token === '' && cert === undefined)
    throw new ExitError(EXIT_USAGE, 'Which device? Give its access token by --token or DEVICE_TOKEN.');
  if ((cert === undefined) !== (key === undefined))
    throw new ExitError(EXIT_USAGE, '--cert and --key belong together: give both.');
  try {
    return await connectDevice(url, token, { ...optionsOf(args), answerTimeoutMs });
  } catch (error) {
    if (error instanceof TypeError) throw new ExitError(EXIT_USAGE, `--url ${url} cannot be used: ${error.message}`);
    throw error;
  }
}

function optionsOf({
  mqttVersion,
  poll = false,
  ca,
  insecure = false,
  cert,
  key,
  connectTimeout,
}: ConnectionArguments): ConnectOptions {
  return {
    mqttVersion: MQTT_VERSIONS[mqttVersion],
    httpListening: poll ? 'poll' : 'stream',
    insecure,
    ...(ca === undefined ? {} : { ca: read('--ca', ca) }),
    ...(cert === undefined ? {} : { certificate: read('--cert', cert) }),
    ...(key === undefined ? {} : { key: read('--key', key) }),
    ...(connectTimeout === undefined ? {} : { timeoutMs: connectTimeout }),
  };
}

function read(option: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ExitError(EXIT_USAGE, `${option} ${file} cannot be read: ${(error as Error).message}`);
  }
}

/** What a failure of the connection is to the person at the terminal, and what to do about it. */
export function failureOf(error: DeviceClientError): ExitError {
  return new ExitError(EXIT_FAILED, `${error.message}${adviceOn(error)}`);
}

function adviceOn({ code }: DeviceClientError): string {
  switch (code) {
    case 'unreachable':
      return ' Start it, or name another by --url or DEVICE_URL.';
    case 'token-refused':
      return ' Check --token or DEVICE_TOKEN.';
    case 'untrusted':
      return " Name the authority of the server's certificate by --ca.";
    case 'timeout':
      return ' Is this the right --url?';
    default:
      return '';
  }
}
