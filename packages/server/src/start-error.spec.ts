import { describe, expect, it } from '@jest/globals';
import { StartError } from './start-error.js';

describe('StartError', () => {
  it('keeps each reason to one line, whatever it quotes', () => {
    const error = new StartError(['The directory a\r\n  b cannot be written.', 'logLevel: is not known']);
    expect(error.lines).toEqual(['The directory a b cannot be written.', 'logLevel: is not known']);
    expect(error.message).toBe('The directory a b cannot be written.\nlogLevel: is not known');
  });
});
