import type { TransportHost } from '@device-messaging/host-api';
import type { HttpLimits } from '../http-limits.js';
import type { ConnectionWatch } from './connection-watch.js';
import type { Exchange } from './exchange.js';

/** What all exchanges of a transport share. */
export interface ExchangeContext {
  readonly host: TransportHost;
  readonly limits: HttpLimits;
  readonly connections: ConnectionWatch;
  /** The host stops: no new sessions but those that bring a reply. */
  readonly isDraining: boolean;
  /** Exchanges whose response is owed. */
  readonly open: Set<Exchange>;
  /** Exchanges that can be handed calls. */
  readonly listening: Set<Exchange>;
}
