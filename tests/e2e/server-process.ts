import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../..');
const COMMAND = join(ROOT, 'packages/server/bin/device-messaging.js');

/** The banner's last line: when it is printed, every listener accepts. */
const END_OF_BANNER = 'Ctrl-C stops it.';
/** Much more than it takes, on a machine that is busy with other tests. */
const START_TIMEOUT_MS = 45_000;

/** How a server process is started. */
export interface ServerProcessOptions {
  /** After `start`; the demo account unless said otherwise. */
  readonly args?: readonly string[];
  /** Beside free ports and a data directory of its own. `undefined` takes a variable away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** How a process ended. */
export interface ProcessEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The built server as a process of its own, as its users run it: with the demo account, on free ports of 127.0.0.1.
 * Every test that starts one ends it with {@link ServerProcess.kill} in its `afterEach` or `afterAll`; that does
 * nothing when it has ended.
 */
export class ServerProcess {
  private readonly child: ChildProcess;
  private readonly directory = mkdtempSync(join(tmpdir(), 'device-messaging-'));
  private readonly ended: Promise<ProcessEnd>;
  private out = '';
  private err = '';

  private constructor({ args = ['--demo'], environment = {} }: ServerProcessOptions) {
    const env: NodeJS.ProcessEnv = {
      // Nothing else: a LOG_LEVEL of whoever runs the tests is none of the server's.
      PATH: process.env['PATH'],
      MQTT_BIND_PORT: '0',
      MQTTS_BIND_PORT: '0',
      HTTP_BIND_PORT: '0',
      HTTPS_BIND_PORT: '0',
      COAP_BIND_PORT: '0',
      DATA_DIR: join(this.directory, 'data'),
      ...environment,
    };
    this.child = spawn(process.execPath, [COMMAND, 'start', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text));
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
    this.ended = once(this.child, 'close').then(([code, signal]) => {
      rmSync(this.directory, { recursive: true, force: true });
      return { code: code as number | null, signal: signal as NodeJS.Signals | null };
    });
  }

  /** Starts a server and waits until it accepts devices. Rejects, with what it printed, when it ends before that. */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const server = new ServerProcess(options);
    await server.untilBanner();
    return server;
  }

  /** Starts a server that is not expected to come up; see {@link ServerProcess.end}. */
  static launch(options: ServerProcessOptions = {}): ServerProcess {
    return new ServerProcess(options);
  }

  /** What it printed on standard output so far. */
  get stdout(): string {
    return this.out;
  }

  /** What it printed on standard error so far: its log. */
  get stderr(): string {
    return this.err;
  }

  get pid(): number {
    if (this.child.pid === undefined) throw new Error('The server process did not start');
    return this.child.pid;
  }

  get mqttPort(): number {
    return this.portOf('MQTT');
  }

  get httpPort(): number {
    return this.portOf('HTTP');
  }

  get coapPort(): number {
    return this.portOf('CoAP');
  }

  /** With a certificate alone. */
  get mqttsPort(): number {
    return this.portOf('MQTTS');
  }

  /** With a certificate alone. */
  get httpsPort(): number {
    return this.portOf('HTTPS');
  }

  /** `mqtt://127.0.0.1:<port>` */
  get mqttUrl(): string {
    return `mqtt://127.0.0.1:${this.mqttPort}`;
  }

  /** `http://127.0.0.1:<port>` */
  get httpUrl(): string {
    return `http://127.0.0.1:${this.httpPort}`;
  }

  /** `https://127.0.0.1:<port>`, with a certificate alone. */
  get httpsUrl(): string {
    return `https://127.0.0.1:${this.httpsPort}`;
  }

  /** Resolves when its log says this, from now on or already. */
  async untilLog(text: string): Promise<void> {
    const { stderr } = this.child;
    while (!this.err.includes(text)) {
      if (this.child.exitCode !== null || stderr === null) throw this.failure(`did not log "${text}"`);
      await Promise.race([once(stderr, 'data'), this.ended]);
    }
  }

  /** Resolves when the process has ended and all that it printed was read. */
  end(): Promise<ProcessEnd> {
    return this.ended;
  }

  /** Sends a signal and does not wait. */
  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Stops it as Ctrl-C does. Yields the exit code, `null` when it died of the signal. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.signal(signal);
    return (await this.ended).code;
  }

  /** Ends it without asking. */
  kill(): Promise<ProcessEnd> {
    this.signal('SIGKILL');
    return this.ended;
  }

  private async untilBanner(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const outcome = await Promise.race([
      new Promise<'seen'>((resolve) => {
        this.child.stdout?.on('data', () => {
          if (this.out.includes(END_OF_BANNER)) resolve('seen');
        });
      }),
      this.ended.then(() => 'ended' as const),
      new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), START_TIMEOUT_MS))),
    ]);
    clearTimeout(timer);
    if (outcome === 'seen') return;
    await this.kill();
    throw this.failure(outcome === 'late' ? 'did not print its banner in time' : 'ended before it was ready');
  }

  private portOf(protocol: string): number {
    const port = new RegExp(`^ +${protocol} +\\S+:(\\d+)$`, 'm').exec(this.out)?.[1];
    if (port === undefined) throw this.failure(`printed no ${protocol} port`);
    return Number(port);
  }

  private failure(what: string): Error {
    return new Error(`The server ${what}.\nstdout:\n${this.out}\nstderr:\n${this.err}`);
  }
}
