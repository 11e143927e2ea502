import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

/** What a program did. */
export interface CommandEnd {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program is run: from the root of the repository, with PATH alone in its environment. */
export interface CommandOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** A program that somebody runs in a terminal. */
export class Command {
  stdout = '';
  stderr = '';
  readonly end: Promise<CommandEnd>;
  private readonly child: ChildProcessByStdio<Writable, Readable, Readable>;

  constructor(program: string, args: readonly string[], { environment = {}, input = '' }: CommandOptions = {}) {
    const env = { PATH: process.env['PATH'], ...environment };
    this.child = spawn(program, args, { cwd: ROOT, env, stdio: ['pipe', 'pipe', 'pipe'] });
    this.child.stdout.setEncoding('utf8').on('data', (text: string) => (this.stdout += text));
    this.child.stderr.setEncoding('utf8').on('data', (text: string) => (this.stderr += text));
    // A program that does not read its input is free to.
    this.child.stdin.on('error', () => undefined);
    this.child.stdin.end(input);
    this.end = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when it has printed this. Rejects, with what it printed, when it ends without. */
  async untilPrinted(text: string, on: 'stdout' | 'stderr' = 'stdout'): Promise<void> {
    while (!this[on].includes(text)) {
      if (this.child.exitCode !== null) throw new Error(`It ended without "${text}":\n${this.stdout}\n${this.stderr}`);
      await Promise.race([once(this.child[on], 'data'), this.end]);
    }
  }

  /** As by Ctrl-C. */
  interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<CommandEnd> {
    this.child.kill(signal);
    return this.end;
  }

  /** Whoever read its output goes away. */
  closeOutput(): void {
    this.child.stdout.destroy();
  }
}
