import { describe, expect, it } from '@jest/globals';
import { UndoStack } from './undo-stack.js';

describe('UndoStack', () => {
  it('undoes in reverse order, one step after the other, each once', async () => {
    const done: string[] = [];
    const undo = new UndoStack();
    undo.push(() => done.push('first'));
    undo.push(async () => {
      await Promise.resolve();
      done.push('second');
    });
    await undo.undo();
    await undo.undo();
    expect(done).toEqual(['second', 'first']);
  });

  it('goes on when a step fails, and tells all failures in the end', async () => {
    const done: string[] = [];
    const undo = new UndoStack();
    undo.push(() => done.push('first'));
    undo.push(() => Promise.reject(new Error('two')));
    undo.push(() => {
      throw new Error('three');
    });
    const failure = await undo.undo().then(
      () => undefined,
      (error: unknown) => error as AggregateError,
    );
    expect(failure?.errors.map((error: Error) => error.message)).toEqual(['three', 'two']);
    expect(done).toEqual(['first']);
  });
});
