import type { DatagramChannel, Endpoint } from '../datagram-channel.js';
import { Peer } from './peer.js';

/** The endpoints of which something is known, by address and port. */
export class PeerTable {
  /** In two steps, so that no key is put together for every datagram. */
  private readonly byAddress = new Map<string, Map<number, Peer>>();
  private count = 0;

  get size(): number {
    return this.count;
  }

  find({ address, port }: Endpoint): Peer | undefined {
    return this.byAddress.get(address)?.get(port);
  }

  /** The peer at an endpoint, made when it is new; it is forgotten when nothing holds it any more. */
  ensure(endpoint: Endpoint, channel: DatagramChannel): Peer {
    let byPort = this.byAddress.get(endpoint.address);
    if (byPort === undefined) {
      byPort = new Map();
      this.byAddress.set(endpoint.address, byPort);
    }
    let peer = byPort.get(endpoint.port);
    if (peer === undefined) {
      peer = new Peer({ address: endpoint.address, port: endpoint.port }, channel, (unused) => this.forget(unused));
      byPort.set(endpoint.port, peer);
      this.count += 1;
    }
    peer.channel = channel;
    return peer;
  }

  clear(): void {
    this.byAddress.clear();
    this.count = 0;
  }

  private forget({ endpoint: { address, port } }: Peer): void {
    const byPort = this.byAddress.get(address);
    if (byPort?.delete(port) !== true) return;
    this.count -= 1;
    if (byPort.size === 0) this.byAddress.delete(address);
  }
}
