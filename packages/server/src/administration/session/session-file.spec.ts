import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { SessionFile, type Session } from './session-file.js';

const SESSION: Session = { url: 'http://s', username: 'me', token: 't', refreshToken: 'r', expiresAt: 5 };

let directory: string;
let file: SessionFile;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'session-file-'));
  file = SessionFile.ofUser({ XDG_CONFIG_HOME: directory });
});

afterEach(() => rmSync(directory, { recursive: true }));

async function write(session: Session): Promise<void> {
  await file.locked(() => Promise.resolve(file.write(session)));
}

describe('the file of a session', () => {
  it('ADC-1: is where the XDG Base Directory Specification has it', () => {
    expect(file.path).toBe(join(directory, 'device-messaging', 'session.json'));
    expect(SessionFile.ofUser({ HOME: '/home/me' }).path).toBe('/home/me/.config/device-messaging/session.json');
    const relative = SessionFile.ofUser({ XDG_CONFIG_HOME: 'here', HOME: '/home/me' });
    expect(relative.path).toBe('/home/me/.config/device-messaging/session.json');
  });

  it('ADC-1: can be read by its owner alone, and keeps what was written', async () => {
    expect(file.read()).toBeUndefined();
    await write(SESSION);
    expect(file.read()).toEqual(SESSION);
    expect([statSync(file.path).mode & 0o777, statSync(dirname(file.path)).mode & 0o777]).toEqual([0o600, 0o700]);
    chmodSync(file.path, 0o644);
    await write({ ...SESSION, token: 'next' });
    expect([statSync(file.path).mode & 0o777, file.read()?.token]).toEqual([0o600, 'next']);
    expect(readdirSync(dirname(file.path))).toEqual(['session.json']);
    file.remove();
    expect(file.read()).toBeUndefined();
  });

  it.each(['', '{', 'null', '[]', '{"url":"http://s"}', JSON.stringify({ ...SESSION, expiresAt: 'soon' })])(
    'ADC-33: says that %j is no session, and what to do',
    async (content) => {
      await write(SESSION);
      writeFileSync(file.path, content);
      expect(() => file.read()).toThrow(`${file.path} is damaged: log in again, or remove it.`);
    },
  );

  it('ADC-33: says that the session cannot be kept', async () => {
    writeFileSync(join(directory, 'device-messaging'), 'a file');
    await expect(write(SESSION)).rejects.toThrow(/^The session cannot be kept: E/);
  });
});
