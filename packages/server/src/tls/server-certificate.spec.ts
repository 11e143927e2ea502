import { RecordingLogger, settle, VirtualTimers } from '@device-messaging/testkit';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { StartError } from '../start-error.js';
import { ServerCertificate } from './server-certificate.js';
import type { TlsMaterial } from './tls-files.js';

const DAY_MS = 86_400_000;

class FakeFiles {
  content = 'one';
  reads = 0;
  problem: string | undefined;
  constructor(private readonly timers: VirtualTimers) {}
  fingerprint = (): Promise<string> => Promise.resolve(this.content);
  read = (): Promise<TlsMaterial> => {
    this.reads++;
    if (this.problem !== undefined) return Promise.reject(new StartError([this.problem]));
    const expiresAt = this.timers.now() + (this.content === 'expired' ? -1 : DAY_MS);
    return Promise.resolve({ cert: this.content, key: '', ca: [], minVersion: 'TLSv1.2', expiresAt });
  };
}

describe('ServerCertificate', () => {
  let timers: VirtualTimers;
  let files: FakeFiles;
  let logger: RecordingLogger;
  let certificate: ServerCertificate;
  let used: string[];

  beforeEach(async () => {
    [timers, logger, used] = [new VirtualTimers(), new RecordingLogger(), []];
    files = new FakeFiles(timers);
    certificate = await ServerCertificate.read(files, timers, logger);
    certificate.onRenewal(({ cert }) => used.push(cert));
  });

  const look = async (times = 1): Promise<void> => {
    for (let i = 0; i < times; i++) {
      timers.advance(2_000);
      await settle();
    }
  };

  const levels = (): string[] => logger.lines.map(({ level }) => level);

  it('reads once while nothing changes', async () => {
    await look(10);
    expect([files.reads, used, certificate.current.cert]).toEqual([1, [], 'one']);
  });

  it('NET-15: puts new files to use within 5 s, once they stay as they are', async () => {
    files.content = 'half';
    await look();
    files.content = 'two';
    await look();
    expect(used).toEqual([]);
    await look();
    expect([used, certificate.current.cert, files.reads]).toEqual([['two'], 'two', 2]);
    expect(levels()).toEqual(['info']);
    await look(5);
    expect(files.reads).toBe(2);
  });

  it('NET-16: keeps the old ones when the new ones are of no use, says so once, and reads again at the next change', async () => {
    [files.content, files.problem] = ['two', 'key (TLS_KEY_FILE) does not exist.'];
    await look(10);
    expect([used, certificate.current.cert, files.reads]).toEqual([[], 'one', 2]);
    expect(logger.lines).toEqual([
      {
        level: 'error',
        message: 'The TLS files changed and cannot be used; the old ones stay in use',
        fields: { reason: 'key (TLS_KEY_FILE) does not exist.' },
      },
    ]);
    [files.content, files.problem] = ['three', undefined];
    await look(2);
    expect(used).toEqual(['three']);
  });

  it('NET-16: keeps the old ones when a listener cannot use the new ones', async () => {
    certificate.onRenewal(() => {
      throw new Error('no cipher');
    });
    files.content = 'two';
    await look(3);
    expect([certificate.current.cert, levels()]).toEqual(['one', ['error']]);
  });

  it('warns of a certificate that has expired', async () => {
    files.content = 'expired';
    await look(2);
    expect(levels()).toEqual(['info', 'warn']);
  });

  it('does nothing once it is stopped', async () => {
    files.content = 'two';
    await look();
    certificate.stop();
    await look(3);
    expect([files.reads, used]).toEqual([1, []]);
  });

  it('NET-17: does not start with files that are of no use', async () => {
    files.problem = 'crt (TLS_CERT_FILE) is a directory.';
    await expect(ServerCertificate.read(files, timers, logger)).rejects.toThrow(files.problem);
  });
});
