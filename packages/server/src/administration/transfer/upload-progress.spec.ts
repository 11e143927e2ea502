import { describe, expect, it } from '@jest/globals';
import { UploadProgress } from './upload-progress.js';

function progress(isTTY: boolean) {
  const written: string[] = [];
  const clock = { now: 0 };
  const output = { isTTY, write: (text: string) => written.push(text) };
  return { written, clock, told: new UploadProgress(output, () => clock.now) };
}

describe('the progress of a file that is sent', () => {
  it('ADC-20: is one line at a terminal, written over ten times a second', () => {
    const { written, clock, told } = progress(true);
    told.begin();
    told.add(Buffer.from('a\nb'));
    clock.now = 100;
    told.add(Buffer.from('\n'));
    told.add(Buffer.from('c\n\n'));
    told.end();
    expect(written).toEqual(['\r4 bytes, 2 lines sent', '\r7 bytes, 4 lines sent\n']);
  });

  it('ADC-20: is a line every ten seconds elsewhere', () => {
    const { written, clock, told } = progress(false);
    told.begin();
    for (let second = 1; second <= 21; second++) {
      clock.now = second * 1_000;
      told.add(Buffer.from('line\n'));
    }
    told.end();
    expect(written).toEqual(['50 bytes, 10 lines sent\n', '100 bytes, 20 lines sent\n', '105 bytes, 21 lines sent\n']);
  });

  it('begins anew with a file that is sent again, and is silent about one that never was', () => {
    const { written, told } = progress(false);
    told.end();
    told.begin();
    told.add(Buffer.from('1\n'));
    told.begin();
    told.end();
    expect(written).toEqual(['0 bytes, 0 lines sent\n']);
  });
});
