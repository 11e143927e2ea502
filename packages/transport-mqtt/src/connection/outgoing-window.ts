const MAX_PACKET_ID = 65_535;

/** The QoS 1 messages under way to a device. */
export class OutgoingWindow {
  private readonly unacknowledged = new Set<number>();
  private lastId = 0;

  constructor(
    /** How many may be under way, at most 65,535. */
    private readonly size: number,
  ) {}

  get isFull(): boolean {
    return this.unacknowledged.size >= this.size;
  }

  /** A packet identifier that is not in use. Only while the window is not full. */
  take(): number {
    do this.lastId = (this.lastId % MAX_PACKET_ID) + 1;
    while (this.unacknowledged.has(this.lastId));
    this.unacknowledged.add(this.lastId);
    return this.lastId;
  }

  /** The device has the message. Identifiers that are not in use are ignored. */
  release(packetId: number): void {
    this.unacknowledged.delete(packetId);
  }
}
