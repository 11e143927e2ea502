import { Socket, type OnReadOpts, type SocketConstructorOpts } from 'node:net';

/** As much as Node.js reads at once. */
const BUFFER_BYTES = 64 * 1024;

const buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);

/** What Node.js itself makes sockets of; neither member is documented, though both are as old as `net`. */
type Handle = object & { readonly useUserBuffer?: unknown };
interface HandleOptions extends SocketConstructorOpts {
  readonly handle: Handle;
  readonly onread: OnReadOpts;
}

/** Whom received bytes are given to. */
export interface ByteReceiver {
  /** The bytes `buffer[0…end)`, which hold until this returns. */
  receive(buffer: Buffer, end: number): void;
}

/**
 * An accepted connection, which was not read from yet (`pauseOnConnect`), that reads into one buffer which all share.
 * Node.js otherwise allocates 64 KiB for every read and takes every chunk through a stream's queue, a tenth of what a
 * message costs; its own way around that, the option `onread`, is there for sockets that connect but not for those that
 * are accepted.
 *
 * The socket tells its end, errors and all else as ever, can be paused and goes on, and has no `data` events.
 */
export class SharedBufferSocket {
  private receiver: ByteReceiver | undefined;
  readonly socket: Socket;

  private constructor(handle: Handle) {
    const callback = (length: number): boolean => {
      this.receiver?.receive(buffer, length);
      return true;
    };
    const options: HandleOptions = { handle, onread: { buffer, callback } };
    this.socket = new Socket(options);
    // Not before there is somebody to receive.
    this.socket.pause();
  }

  /**
   * Takes the connection out of an accepted socket, which is an empty shell then that its server does not count any
   * more. `undefined`, and nothing is done, when this Node.js does not have what it takes.
   */
  static of(accepted: Socket): SharedBufferSocket | undefined {
    const shell = accepted as unknown as { _handle?: Handle | null };
    const handle = shell._handle;
    if (typeof handle?.useUserBuffer !== 'function') return undefined;
    shell._handle = null;
    accepted.destroy();
    return new SharedBufferSocket(handle);
  }

  /** Begins to read. */
  readInto(receiver: ByteReceiver): void {
    this.receiver = receiver;
    this.socket.resume();
  }
}
