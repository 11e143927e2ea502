import {
  ClusterBus,
  Timers,
  type ComponentFailure,
  type HostObserver,
  type PluginDefinition,
  type PluginEventKind,
  type RpcOutcome,
} from '@device-messaging/host-api';
import { Logger, RpcError } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import type { HostSession } from '../sessions/host-session.js';

/** Token of the observer that a host was given; `{}` when it was given none. */
export const GivenObserver: unique symbol = Symbol('GivenObserver');

/** What is known of a request by the time of its answer. */
export interface Observed {
  readonly session: HostSession;
  readonly customerId: string | undefined;
  readonly method: string;
  readonly plugin: PluginDefinition | undefined;
  readonly targetDeviceId: string | undefined;
  readonly receivedAt: number;
  readonly requestBytes: number;
}

/** Tells the host's observer, if there is one, and keeps what it throws from everybody else. */
@injectable()
export class Observation {
  /** Whether anybody wants to know of requests: nothing is put together for nobody. */
  readonly watchesRequests: boolean;

  constructor(
    @inject(GivenObserver) private readonly observer: HostObserver,
    @inject(ClusterBus) private readonly bus: ClusterBus,
    @inject(Timers) private readonly timers: Timers,
    @inject(Logger) private readonly logger: Logger,
  ) {
    this.watchesRequests = observer.requestAnswered !== undefined;
  }

  requestAnswered(request: Observed, outcome: RpcOutcome, answeredAt: number, answerBytes: number): void {
    const { session, plugin } = request;
    try {
      this.observer.requestAnswered?.({
        tenantId: session.tenantId,
        customerId: request.customerId,
        deviceId: session.deviceId,
        transport: session.facts.transport,
        method: request.method,
        pluginId: plugin?.id,
        audit: plugin?.audit ?? 'none',
        targetDeviceId: request.targetDeviceId,
        outcome,
        receivedAt: request.receivedAt,
        answeredAt,
        requestBytes: request.requestBytes,
        answerBytes,
      });
    } catch (error) {
      this.failed(error);
    }
  }

  pluginChanged(kind: PluginEventKind, { tenantId, id, name }: PluginDefinition, cause?: string): void {
    try {
      const { nodeId } = this.bus;
      this.observer.pluginChanged?.({ kind, tenantId, pluginId: id, name, nodeId, at: this.timers.now(), cause });
    } catch (error) {
      this.failed(error);
    }
  }

  componentFailed(failure: Omit<ComponentFailure, 'nodeId' | 'at'>): void {
    try {
      this.observer.componentFailed?.({ ...failure, nodeId: this.bus.nodeId, at: this.timers.now() });
    } catch (error) {
      this.failed(error);
    }
  }

  private failed(error: unknown): void {
    this.logger.error('The observer of the host failed', { error });
  }
}

/** What an outcome is called. */
export function outcomeOf(answer: object): RpcOutcome {
  return answer instanceof RpcError ? answer.code : 'OK';
}

/** What an error says; of what is no error, what it is. */
export function causeOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
