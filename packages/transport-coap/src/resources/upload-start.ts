import type { Delivery, DeviceSession, SessionCloseReason } from '@device-messaging/host-api';
import type { Exchange } from '../messages/exchange.js';
import { farewell } from './farewell.js';
import type { Visitor } from './look-up.js';

/** The first block of several: takes it when the device is known, so that memory is for devices alone. */
export class UploadStart implements Visitor {
  constructor(
    private readonly exchange: Exchange,
    private readonly take: () => void,
  ) {}

  opened(session: DeviceSession): void {
    session.close();
    this.take();
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
