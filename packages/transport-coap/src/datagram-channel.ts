/** Where a datagram comes from or goes to. */
export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** Sends datagrams from the address and port at which devices find the server. */
export interface DatagramChannel {
  /** Must not throw; a datagram that cannot be sent is lost, as any datagram may be. */
  send(datagram: Uint8Array, to: Endpoint): void;
}
