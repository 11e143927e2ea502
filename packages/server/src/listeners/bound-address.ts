/** Where a listener listens. */
export interface BoundAddress {
  readonly address: string;
  /** The real one, also when any free port was asked for. */
  readonly port: number;
}

/** As it stands in a URL. */
export function hostAndPort({ address, port }: BoundAddress): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
