/** A call that the device received. */
export interface ReceivedCall {
  /** What its reply names. */
  readonly id: string;
  readonly method: string;
  /** JSON text, byte for byte as it arrived. */
  readonly params: string;
}

/** One device, connected to a server over one protocol. */
export interface DeviceClient {
  /** A client-side RPC with any bytes. Yields the answer's text, an error of the device API included. */
  request(payload: string | Uint8Array): Promise<string>;
}
