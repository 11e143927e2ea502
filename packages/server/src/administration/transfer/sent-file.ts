import { createReadStream, fstatSync, openSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { EXIT_USAGE, ExitError } from '../../command-line/exit-error.js';
import type { FileBody } from '../api/api-connection.js';
import type { UploadProgress } from './upload-progress.js';

/** A file that is sent as it is read, whatever its size; `-` is standard input. */
export class SentFile implements FileBody {
  readonly isRepeatable: boolean;
  private descriptor: number | undefined;

  /** @throws ExitError when it cannot be read */
  constructor(
    private readonly path: string,
    readonly mediaType: string,
    private readonly progress: UploadProgress,
  ) {
    this.isRepeatable = path !== '-';
    // Before anything is sent: a name that is mistyped is told at once.
    if (this.isRepeatable) this.descriptor = openFile(path);
  }

  open(): Readable {
    const stream = this.isRepeatable ? this.openFile() : process.stdin;
    this.progress.begin();
    return stream.on('data', (piece: Buffer) => this.progress.add(piece));
  }

  private openFile(): Readable {
    const fd = this.descriptor ?? openFile(this.path);
    this.descriptor = undefined;
    return createReadStream(this.path, { fd });
  }
}

function openFile(path: string): number {
  try {
    const descriptor = openSync(path, 'r');
    if (fstatSync(descriptor).isDirectory()) throw new Error('it is a directory');
    return descriptor;
  } catch (error) {
    throw new ExitError(EXIT_USAGE, `${path} cannot be read: ${(error as Error).message}`);
  }
}
