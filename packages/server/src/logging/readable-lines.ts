import type { DestinationStream } from 'pino';

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly message: string;
  readonly error?: unknown;
}

/** An error as the log serialises it. */
interface LoggedError {
  readonly stack?: string;
  readonly aggregateErrors?: readonly unknown[];
}

/** Turns the log's lines of JSON into lines for a person at a terminal: time of day, level, message, fields. */
export class ReadableLines implements DestinationStream {
  constructor(private readonly print: (text: string) => void) {}

  write(json: string): void {
    const { level, time, message, error, ...fields } = JSON.parse(json) as LogLine;
    const facts = Object.entries(fields).map(([member, value]) => ` ${member}=${JSON.stringify(value)}`);
    const stacks = error === undefined ? [] : stacksOf(error).map((stack) => `\n${stack}`);
    const text = `${time.slice(11, 19)} ${level.toUpperCase().padEnd(5)} ${message}${facts.join('')}`;
    this.print(`${text}${stacks.join('')}\n`);
  }
}

/** Anything can be thrown, `null` too; what has no stack is printed as it is. */
function stacksOf(error: unknown): readonly string[] {
  if (typeof error !== 'object' || error === null) return [JSON.stringify(error)];
  const { stack, aggregateErrors = [] } = error as LoggedError;
  return [stack ?? JSON.stringify(error), ...aggregateErrors.flatMap(stacksOf)];
}
