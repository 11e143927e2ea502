import type { Roster, RosterMember, SessionCloseReason, TransportHost } from '@device-messaging/host-api';
import type { HttpLimits } from '../http-limits.js';

/** An exchange as its transport sees it. */
export interface OpenExchange extends RosterMember {
  /** Ends it; says why, where there is still a response to say it in. */
  close(reason: SessionCloseReason): void;
}

/** What all exchanges of a transport share. */
export interface ExchangeContext {
  readonly host: TransportHost;
  readonly limits: HttpLimits;
  /** The host stops: no new sessions but those that bring a reply. */
  readonly isDraining: boolean;
  /** Exchanges whose response is owed. */
  readonly open: Roster<OpenExchange>;
  /** How many of them can be handed calls. */
  listeningCount: number;
}
