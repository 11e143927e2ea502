import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../packages/server/bin/device-messaging.js', import.meta.url));

/** How long a server may take to start or to end, ms. */
const PATIENCE_MS = 20_000;

export interface ServerProcessOptions {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The built server as a process of its own, on free ports and with a data directory of its own. */
export class ServerProcess {
  stdout = '';
  stderr = '';
  private readonly ended: Promise<number | null>;

  private constructor(
    readonly process: ChildProcess,
    private readonly dataDir: string,
  ) {
    process.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    process.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = once(process, 'close').then(([code]) => code as number | null);
  }

  /** Starts it with the demo account; done when it says that it runs. */
  static async start(options: ServerProcessOptions = {}): Promise<ServerProcess> {
    const server = await ServerProcess.spawn({ ...options, args: ['--demo', ...(options.args ?? [])] });
    const running = async (): Promise<void> => {
      while (!server.stdout.includes('Ctrl-C stops it.')) await once(server.process.stdout!, 'data');
    };
    await within(Promise.race([running(), server.ended.then(() => Promise.reject(new Error(server.stderr)))]));
    return server;
  }

  /** Starts it as told and waits for nothing. */
  static async spawn({ args = [], env = {} }: ServerProcessOptions): Promise<ServerProcess> {
    const dataDir = await mkdtemp(join(tmpdir(), 'device-messaging-'));
    const child = spawn(process.execPath, [PROGRAM, 'start', ...args], {
      env: { PATH: process.env['PATH'], MQTT_BIND_PORT: '0', HTTP_BIND_PORT: '0', DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return new ServerProcess(child, dataDir);
  }

  get mqttPort(): number {
    return this.portOf('MQTT');
  }

  get httpPort(): number {
    return this.portOf('HTTP');
  }

  /** The exit code, once it ended by itself. */
  async exitCode(): Promise<number | null> {
    const code = await within(this.ended);
    await rm(this.dataDir, { recursive: true, force: true });
    return code;
  }

  /** Stops it as Ctrl-C does. Yields the exit code. */
  async stop(signal: NodeJS.Signals = 'SIGINT'): Promise<number | null> {
    this.process.kill(signal);
    return this.exitCode();
  }

  private portOf(protocol: string): number {
    const port = new RegExp(`^ +${protocol} +\\S+:(\\d+)$`, 'm').exec(this.stdout)?.[1];
    if (port === undefined) throw new Error(`The server did not say its ${protocol} port:\n${this.stdout}`);
    return Number(port);
  }
}

async function within<T>(work: Promise<T>): Promise<T> {
  let patience: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    patience = setTimeout(() => reject(new Error('The server took too long')), PATIENCE_MS);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    clearTimeout(patience);
  }
}
