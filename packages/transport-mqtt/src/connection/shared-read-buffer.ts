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

/**
 * Makes an accepted connection, which was not read from yet (`pauseOnConnect`), read into one buffer that all share.
 * Its `data` events carry slices of that buffer, which hold until the listener returns. Node.js otherwise allocates
 * 64 KiB for every read and takes every chunk through a stream's queue, a tenth of what a message costs; its own way
 * around that, the option `onread`, is there for sockets that connect but not for those that are accepted.
 *
 * @returns the socket to use from here on; the given one is then an empty shell that its server does not count any more.
 * It is the given one when this Node.js does not have what it takes.
 */
export function readThroughSharedBuffer(accepted: Socket): Socket {
  const shell = accepted as unknown as { _handle?: Handle | null };
  const handle = shell._handle;
  if (typeof handle?.useUserBuffer !== 'function') return accepted;
  shell._handle = null;
  accepted.destroy();
  const options: HandleOptions = {
    handle,
    onread: {
      buffer,
      callback: (length) => {
        socket.emit('data', buffer.subarray(0, length));
        return true;
      },
    },
  };
  const socket = new Socket(options);
  return socket;
}
