import {
  OverQuotaError,
  type AnswerKind,
  type Delivery,
  type DeviceSession,
  type OutgoingRpc,
  type SessionCloseReason,
  type SessionSink,
} from '@device-messaging/host-api';
import { isThenable, type Awaitable } from '@device-messaging/plugin-api';
import type { FastifyReply } from 'fastify';
import { credentialsOf } from './credentials.js';
import type { HttpRouteOptions } from '../http-route-options.js';
import { Connection, type ConnectionUser } from './connection.js';
import type { DeviceRequest } from './device-request.js';
import type { ExchangeContext, OpenExchange } from './exchange-context.js';
import { respondWith } from './respond-with.js';
import { REFUSALS, RETRY_AFTER_S, type Refusal } from './refusals.js';

/**
 * One request of a device until its response is sent or its connection is gone, with a session of the device for as
 * long: HTTP has no connection that a device would be known by.
 */
export abstract class Exchange implements SessionSink, ConnectionUser, OpenExchange {
  /** Its place among the open ones. */
  place = -1;

  protected session: DeviceSession | undefined;
  private readonly connection: Connection;
  private isListening = false;
  private isOver = false;

  constructor(
    protected readonly request: DeviceRequest,
    protected readonly reply: FastifyReply,
    protected readonly context: ExchangeContext,
    private readonly options: HttpRouteOptions,
  ) {
    this.connection = Connection.of(request.raw.socket);
  }

  /** Authenticates the device and goes on with its session. Called once. */
  run(): void {
    const { connection, context, request } = this;
    context.open.add(this);
    connection.add(this);
    if (connection.userCount > context.limits.maxPipelined) return this.refuse(REFUSALS.pipelining);
    if (context.isDraining && !this.isTakenWhileDraining) return this.refuse(REFUSALS.stopping);
    const credentials = credentialsOf(request, this.options.authorityTenantId);
    if ('status' in credentials) return this.refuse(credentials);
    const refused = credentials.type === 'ACCESS_TOKEN' ? REFUSALS.unknownToken : REFUSALS.unknownCertificate;
    let session: Awaitable<DeviceSession | undefined>;
    try {
      session = context.host.connect(credentials, connection.facts, this);
    } catch (error) {
      return this.unavailable(error);
    }
    if (!isThenable(session)) return this.opened(session, refused);
    session.then(
      (opened) => this.opened(opened, refused),
      (error: unknown) => this.unavailable(error),
    );
  }

  /** The connection is gone before the response was sent. */
  connectionGone(): void {
    this.finish();
  }

  close(reason: SessionCloseReason): void {
    this.refuse(reason === 'HOST_STOPPING' ? REFUSALS.stopping : REFUSALS.unknownToken);
  }

  deliver(_call: OutgoingRpc): Delivery {
    throw new Error('This session does not listen');
  }

  answer(_ref: unknown, _payload: Uint8Array, _kind: AnswerKind): 'sent' {
    throw new Error('This session asked nothing');
  }

  /** Whether the host takes it although it stops. */
  protected get isTakenWhileDraining(): boolean {
    return false;
  }

  /** What the request is about. */
  protected abstract proceed(session: DeviceSession): void;

  /** The response is sent and the session over, whichever comes first. `false`: it was over before. */
  protected finish(): boolean {
    if (this.isOver) return false;
    this.isOver = true;
    const { context, session } = this;
    context.open.remove(this);
    if (this.isListening) context.listeningCount--;
    this.connection.remove(this);
    session?.close();
    return true;
  }

  /**
   * Runs something once this exchange's response is the next on its connection. Until then a pipelined one has no way
   * to its device, and a call that it took would be on no way at all.
   */
  protected whenOnTheLine(run: () => void): void {
    const { raw } = this.reply;
    if (raw.socket !== null) run();
    else raw.once('socket', () => !this.isOver && run());
  }

  /** From now on the session is handed calls. */
  protected listen(session: DeviceSession): void {
    this.isListening = true;
    this.context.listeningCount++;
    session.listen();
  }

  /** Sends the response, unless there was one. */
  protected respond(status: number, body?: Uint8Array): void {
    if (this.finish()) respondWith(this.reply, status, body);
  }

  /** @param retryAfterS when it may be asked again, s; told where the status is one of those that pass */
  protected refuse({ status, body }: Refusal, retryAfterS: number = RETRY_AFTER_S): void {
    if (status === 401) this.reply.header('www-authenticate', 'Bearer');
    if (status === 503 || status === 429) this.reply.header('retry-after', String(retryAfterS));
    this.respond(status, body);
  }

  /** The host could not do what it was asked to. */
  protected failed(error: unknown): void {
    this.context.host.logger.error('A request over HTTP failed', { error });
    this.refuse(REFUSALS.failed);
  }

  private unavailable(error: unknown): void {
    this.context.host.logger.debug('A device could not be looked up', { error });
    this.refuse(error instanceof OverQuotaError ? REFUSALS.overQuota : REFUSALS.unavailable);
  }

  private opened(session: DeviceSession | undefined, refused: Refusal): void {
    if (session === undefined) return this.refuse(refused);
    // The connection was gone, or the host stopped, before the registry had an answer.
    if (this.isOver) return session.close();
    this.session = session;
    try {
      this.proceed(session);
    } catch (error) {
      this.failed(error);
    }
  }
}
