import { OverQuotaError, type DeviceSession, type SessionSink } from '@device-messaging/host-api';
import { isThenable, type Awaitable } from '@device-messaging/plugin-api';
import { Code } from '../codec/code.js';
import type { CoapContext } from '../coap-context.js';
import type { Exchange } from '../messages/exchange.js';
import { UNSCHEDULED, type Task } from '../time/schedule.js';
import { refusal, tryLater } from './responses.js';

/** {@link SessionFacts.transport} of every session. */
const TRANSPORT = 'coap';

/** On whose behalf a device is looked up. */
export interface Visitor extends SessionSink {
  /** The host knows the device, and the exchange still waits for its response. */
  opened(session: DeviceSession): void;
}

/**
 * Opens a session for the device that has this token, and hands it to the visitor. When there is none, or it cannot be
 * told, the exchange is answered here: 4.01, 4.29, 5.03.
 */
export function lookUp(context: CoapContext, exchange: Exchange, accessToken: string, visitor: Visitor): void {
  let verdict: Awaitable<DeviceSession | undefined>;
  try {
    verdict = context.host.connect(
      { type: 'ACCESS_TOKEN', secret: accessToken },
      { transport: TRANSPORT, remoteAddress: exchange.peer.endpoint.address },
      visitor,
    );
  } catch (error) {
    refuse(context, exchange, error);
    return;
  }
  if (isThenable(verdict)) new PendingLookUp(context, exchange, visitor).start(verdict);
  else admit(exchange, visitor, verdict);
}

function admit(exchange: Exchange, visitor: Visitor, session: DeviceSession | undefined): void {
  if (session === undefined) exchange.respond(refusal(Code.UNAUTHORIZED, 'No device has this token'));
  else if (exchange.isOver) session.close();
  else visitor.opened(session);
}

function refuse(context: CoapContext, exchange: Exchange, error: unknown): void {
  if (error instanceof OverQuotaError) {
    exchange.respond(tryLater(Code.TOO_MANY_REQUESTS, 'As many exchanges are under way as the quota allows'));
    return;
  }
  context.host.logger.warn('CoAP device could not be looked up', { error });
  exchange.respond(tryLater(Code.SERVICE_UNAVAILABLE, 'The device cannot be looked up now'));
}

/** A look-up that takes its time, though not without end. */
class PendingLookUp implements Task {
  due = 0;
  place: number = UNSCHEDULED;

  constructor(
    private readonly context: CoapContext,
    private readonly exchange: Exchange,
    private readonly visitor: Visitor,
  ) {}

  start(verdict: PromiseLike<DeviceSession | undefined>): void {
    const { schedule, limits } = this.context;
    this.exchange.wait();
    schedule.set(this, schedule.now() + limits.lookUpTimeoutMs);
    void verdict.then(
      (session) => {
        schedule.clear(this);
        admit(this.exchange, this.visitor, session);
      },
      (error: unknown) => {
        schedule.clear(this);
        refuse(this.context, this.exchange, error);
      },
    );
  }

  onDue(): void {
    refuse(this.context, this.exchange, new Error('The look-up took too long'));
  }
}
