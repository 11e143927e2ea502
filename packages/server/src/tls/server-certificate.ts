import type { CancelTimer, Timers } from '@device-messaging/host-api';
import type { Logger } from '@device-messaging/plugin-api';
import type { TlsFiles, TlsMaterial } from './tls-files.js';

/** Ms between two looks at the files. A change is put to use at the second look that finds it the same. */
const LOOK_EVERY_MS = 2_000;

/**
 * The server's certificate, with what belongs to it, as its files are now. They are looked at, not listened to: a
 * directory swapped by a symbolic link, or a network's file system, tells nobody that it changed.
 */
export class ServerCertificate {
  private readonly users: ((material: TlsMaterial) => void)[] = [];
  private cancel: CancelTimer | undefined;
  private isStopped = false;
  /** Fingerprint of the files that were read last. */
  private known = '';
  /** And at the last look. */
  private seen = '';

  private constructor(
    private readonly files: Pick<TlsFiles, 'read' | 'fingerprint'>,
    private readonly timers: Timers,
    private readonly logger: Logger,
    private material: TlsMaterial,
  ) {}

  /** Reads the files, and watches them from here on. @throws StartError saying what is wrong with which of them */
  static async read(
    files: Pick<TlsFiles, 'read' | 'fingerprint'>,
    timers: Timers,
    logger: Logger,
  ): Promise<ServerCertificate> {
    const fingerprint = await files.fingerprint();
    const certificate = new ServerCertificate(files, timers, logger, await files.read());
    certificate.known = certificate.seen = fingerprint;
    certificate.warnOfExpiry();
    certificate.lookLater();
    return certificate;
  }

  get current(): TlsMaterial {
    return this.material;
  }

  /** `use` is called with every new certificate. */
  onRenewal(use: (material: TlsMaterial) => void): void {
    this.users.push(use);
  }

  stop(): void {
    this.isStopped = true;
    this.cancel?.();
  }

  private lookLater(): void {
    if (!this.isStopped) this.cancel = this.timers.after(LOOK_EVERY_MS, () => void this.look());
  }

  /** Never rejects. */
  private async look(): Promise<void> {
    const now = await this.files.fingerprint();
    // Certificate and key are written one after the other: what changed since the last look may not be whole yet.
    const isSettled = now === this.seen;
    this.seen = now;
    if (isSettled && now !== this.known) {
      this.known = now;
      await this.renew();
    }
    this.lookLater();
  }

  private async renew(): Promise<void> {
    try {
      const material = await this.files.read();
      if (this.isStopped) return;
      for (const use of this.users) use(material);
      this.material = material;
      this.logger.info('New TLS files are in use', { certificateExpiresAt: isoTime(material.expiresAt) });
      this.warnOfExpiry();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.logger.error('The TLS files changed and cannot be used; the old ones stay in use', { reason });
    }
  }

  private warnOfExpiry(): void {
    const { expiresAt } = this.material;
    if (expiresAt > this.timers.now()) return;
    this.logger.warn('The TLS certificate has expired', { certificateExpiresAt: isoTime(expiresAt) });
  }
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
