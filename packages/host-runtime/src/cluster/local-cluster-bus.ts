import type { BusMessage, ClusterBus, Unsubscribe } from '@device-messaging/host-api';
import { randomUUID } from 'node:crypto';
import { LocalNetwork } from './local-network.js';

/**
 * A cluster inside one process: of a single node by default, of as many as share a {@link LocalNetwork}. A message is
 * delivered, to all nodes, before `publish` returns, unless a handler published it: then right after the message
 * that the handler was given. Payloads are handed over without a copy.
 */
export class LocalClusterBus implements ClusterBus {
  private readonly subscriptions = new Set<Unsubscribe>();
  private state: 'new' | 'started' | 'stopped' = 'new';

  /**
   * @param network shared by the nodes of the cluster; absent: a cluster of this node alone
   * @param nodeId unique among the nodes; random when absent
   */
  constructor(
    private readonly network = new LocalNetwork(),
    readonly nodeId: string = randomUUID(),
  ) {}

  start(): void {
    if (this.state !== 'new') throw new Error('A cluster bus is started once');
    this.state = 'started';
  }

  stop(): void {
    this.state = 'stopped';
    for (const unsubscribe of [...this.subscriptions]) unsubscribe();
  }

  publish(subject: string, payload: Uint8Array): void {
    if (this.isOpen()) this.network.send(subject, { nodeId: this.nodeId, payload });
  }

  subscribe(subject: string, handler: (message: BusMessage) => void): Unsubscribe {
    if (!this.isOpen()) return () => undefined;
    const end = this.network.subscribe(subject, handler);
    const unsubscribe = (): void => {
      this.subscriptions.delete(unsubscribe);
      end();
    };
    this.subscriptions.add(unsubscribe);
    return unsubscribe;
  }

  /** A stopped bus ignores what still comes; a bus that was never started is a mistake of whoever composed the host. */
  private isOpen(): boolean {
    if (this.state === 'new') throw new Error('The cluster bus is used before it was started: call start() first');
    return this.state === 'started';
  }
}
