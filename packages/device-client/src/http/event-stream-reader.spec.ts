import { describe, expect, test } from '@jest/globals';
import { EventStreamReader } from './event-stream-reader.js';

function eventsOf(...chunks: readonly string[]): string[][] {
  const events: string[][] = [];
  const reader = new EventStreamReader((type, data) => events.push([type, data]));
  for (const chunk of chunks) reader.read(chunk);
  return events;
}

describe('EventStreamReader', () => {
  test('reads events, and comments as nothing', () => {
    expect(eventsOf(':\n\nevent: rpc\ndata: {"id":1}\n\n: still here\n\ndata:a\ndata: b\n\n')).toEqual([
      ['rpc', '{"id":1}'],
      ['message', 'a\nb'],
    ]);
  });

  test.each(['\n', '\r\n', '\r'])('takes %j for a line break, and the text in pieces of any size', (lineBreak) => {
    const text = ['event: rpc', 'data: one', '', 'event:rpc', 'id: 7', 'data', '', ''].join(lineBreak);
    const expected = [
      ['rpc', 'one'],
      ['rpc', ''],
    ];
    expect(eventsOf(text)).toEqual(expected);
    expect(eventsOf(...text)).toEqual(expected);
  });

  test('an event without data is none, and one that is not over is not there yet', () => {
    expect(eventsOf('event: rpc\n\n', 'data: x\n')).toEqual([]);
  });
});
