import { Duplex } from 'node:stream';
import type { WebSocket } from 'ws';

/** RFC 6455 section 7.4.1. */
const NORMAL_CLOSURE = 1_000;
const UNSUPPORTED_DATA = 1_003;

/** Bytes of one frame that is put together from what was written while the one before it was on its way. */
const FRAME_BYTES = 65_536;

/**
 * The bytes in the binary messages of a WebSocket, as a stream. `writableLength` counts what the network has not taken
 * yet; a stream that is not read pauses the connection. Its end is a close frame. `ws` has such a stream of its own,
 * but it takes texts for bytes and sends every write as a frame.
 */
export class WebSocketStream extends Duplex {
  private isRefused = false;

  constructor(private readonly webSocket: WebSocket) {
    super();
    webSocket.on('message', (data: Buffer, isBinary) => this.onMessage(data, isBinary));
    // The frames are not what they should be. ws has begun to close, and says why in its close frame.
    webSocket.on('error', () => this.refuse());
    webSocket.on('close', () => this.onClose());
  }

  override _read(): void {
    this.webSocket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.webSocket.send(chunk, done);
  }

  override _writev(chunks: readonly { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    let frame: Buffer[] = [];
    let size = 0;
    for (const { chunk } of chunks) {
      if (size > 0 && size + chunk.length > FRAME_BYTES) {
        this.webSocket.send(joined(frame));
        [frame, size] = [[], 0];
      }
      frame.push(chunk);
      size += chunk.length;
    }
    this.webSocket.send(joined(frame), done);
  }

  /** The closing handshake; the stream is finished when the client has answered it, or is gone. */
  override _final(done: (error?: Error | null) => void): void {
    if (this.webSocket.readyState === this.webSocket.CLOSED) {
      done();
      return;
    }
    this.webSocket.once('close', () => done());
    this.webSocket.close(NORMAL_CLOSURE);
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    if (this.webSocket.readyState === this.webSocket.CLOSED) {
      done(error);
      return;
    }
    this.webSocket.once('close', () => done(error));
    this.webSocket.terminate();
  }

  private onMessage(data: Buffer, isBinary: boolean): void {
    if (this.destroyed || this.isRefused) return;
    if (isBinary) {
      if (!this.push(data)) this.webSocket.pause();
      return;
    }
    // MQTT 5 section 6.0: any other type of frame closes the connection.
    this.webSocket.close(UNSUPPORTED_DATA, 'MQTT needs binary frames');
    this.refuse();
  }

  /** Nothing that comes after this counts. */
  private refuse(): void {
    if (this.destroyed || this.isRefused) return;
    this.isRefused = true;
    this.push(null);
  }

  private onClose(): void {
    if (!this.destroyed && !this.isRefused) this.push(null);
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}
