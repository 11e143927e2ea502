import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '@device-messaging/plugin-api';
import { RecordingLogger, type TestCertificate } from '@device-messaging/testkit';
import { startServer, type RunningServer } from '../server.js';
import { readSettings } from '../settings/read-settings.js';

/** The demo account's device A1. */
export const A1 = {
  id: 'ce06a480-9fce-11e6-8080-808080808080',
  name: 'Test Device A1',
  token: 'A1_TEST_TOKEN',
} as const;
export const DEMO_TENANT = 'cba44a80-9fce-11e6-8080-808080808080';

/** A server with the demo account on free ports of this machine, in this process: its registry is at hand. */
export class ServerBench {
  readonly logger = new RecordingLogger();
  private readonly directory = mkdtempSync(join(tmpdir(), 'server-bench-'));
  private running: RunningServer | undefined;

  /** @param given takes the place of {@link ServerBench.logger} */
  constructor(private readonly given?: Logger) {}

  /** @param yaml settings beside those of the environment */
  async start(environment: NodeJS.ProcessEnv = {}, yaml = ''): Promise<RunningServer> {
    const free = Object.fromEntries(
      ['MQTT', 'MQTTS', 'HTTP', 'HTTPS', 'COAP'].map((protocol) => [`${protocol}_BIND_PORT`, '0']),
    );
    const settings = readSettings({
      environment: { ...free, DATA_DIR: join(this.directory, 'data'), ...environment },
      configFile: this.write('settings.yml', yaml),
      demo: true,
    });
    this.running = await startServer(settings, { logger: this.given ?? this.logger, demo: true });
    return this.running;
  }

  /** Starts with TLS. */
  startWith(certificate: TestCertificate, environment: NodeJS.ProcessEnv = {}): Promise<RunningServer> {
    return this.start({
      TLS_CERT_FILE: this.write('server.crt', certificate.cert),
      TLS_KEY_FILE: this.write('server.key', certificate.key),
      ...environment,
    });
  }

  /** Writes a file that is gone after the test. Yields its path. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    writeFileSync(path, content);
    return path;
  }

  async stop(): Promise<void> {
    await this.running?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
