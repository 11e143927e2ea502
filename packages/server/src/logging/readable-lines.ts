import type { DestinationStream } from 'pino';

interface LogLine {
  readonly level: string;
  readonly time: string;
  readonly message: string;
  readonly error?: { readonly stack?: string };
}

/** Turns the log's lines of JSON into lines for a person at a terminal: time of day, level, message, fields. */
export class ReadableLines implements DestinationStream {
  constructor(private readonly print: (text: string) => void) {}

  write(json: string): void {
    const { level, time, message, error, ...fields } = JSON.parse(json) as LogLine;
    const facts = Object.entries(fields).map(([member, value]) => ` ${member}=${JSON.stringify(value)}`);
    const stack = error === undefined ? '' : `\n${error.stack ?? JSON.stringify(error)}`;
    this.print(`${time.slice(11, 19)} ${level.toUpperCase().padEnd(5)} ${message}${facts.join('')}${stack}\n`);
  }
}
