import type { Frame } from '../codec/frame-splitter.js';

/** What a connection's packets are given to: first the handshake, then the session. */
export interface PacketHandler {
  /** Whether the next packet may be read now. Whoever makes it true again calls `Connection.readOn`. */
  readonly isReady: boolean;
  /** One packet; the frame holds until this returns. @throws ProtocolViolation when MQTT forbids it; the connection then closes. */
  handle(frame: Frame): void;
  /** The connection's last packet, which says why it closes; `undefined` where the protocol has none. */
  farewell(reasonCode: number, reason: string): Buffer | undefined;
  /** What was above the limit of unsent bytes has left. */
  onDrained(): void;
  /** Called once: nothing will be read or written any more. */
  onClosed(): void;
}
