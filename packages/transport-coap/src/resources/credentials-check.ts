import type { Delivery, DeviceSession, SessionCloseReason } from '@device-messaging/host-api';
import type { Exchange } from '../messages/exchange.js';
import { farewell } from './farewell.js';
import type { Visitor } from './look-up.js';

/** Goes on with a request when its device is known. For what needs no session, but is for devices alone. */
export class CredentialsCheck implements Visitor {
  constructor(
    private readonly exchange: Exchange,
    private readonly goOn: () => void,
  ) {}

  opened(session: DeviceSession): void {
    session.close();
    this.goOn();
  }

  /** Its session does not listen. */
  deliver(): Delivery {
    return 'busy';
  }

  /** Its session does not ask. */
  answer(): 'sent' {
    return 'sent';
  }

  close(reason: SessionCloseReason): void {
    this.exchange.respond(farewell(reason));
  }
}
