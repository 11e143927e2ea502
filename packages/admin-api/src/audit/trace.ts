/** Where a request came from. */
export interface Trace {
  readonly requestId: string;
  /** IP address of the client. */
  readonly address: string;
}
