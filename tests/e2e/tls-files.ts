import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TestCertificate } from '@device-messaging/testkit';

/** The files of a server's TLS settings, in a directory that is gone after the test. */
export class TlsFolder {
  private readonly directory = mkdtempSync(join(tmpdir(), 'tls-'));
  certificate = new TestCertificate({ commonName: 'localhost' });

  constructor() {
    this.write('server.crt', this.certificate.cert);
    this.write('server.key', this.certificate.key);
  }

  get environment(): Readonly<Record<string, string>> {
    return { TLS_CERT_FILE: join(this.directory, 'server.crt'), TLS_KEY_FILE: join(this.directory, 'server.key') };
  }

  /** As programs that renew certificates do: beside, then renamed. Yields the path. */
  write(name: string, content: string): string {
    const path = join(this.directory, name);
    writeFileSync(`${path}.new`, content);
    renameSync(`${path}.new`, path);
    return path;
  }

  /** Writes a new pair, one file after the other. */
  renew(): void {
    this.certificate = new TestCertificate({ commonName: 'localhost' });
    this.write('server.crt', this.certificate.cert);
    this.write('server.key', this.certificate.key);
  }

  remove(): void {
    rmSync(this.directory, { recursive: true });
  }
}
