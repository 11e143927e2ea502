/** What a load balancer should know of the server. */
export type ServerState = 'starting' | 'ok' | 'degraded' | 'stopping';

/** A part that may be away while the server goes on without it. */
export interface OptionalPart {
  /** What is said while it is away. */
  readonly reason: string;
  isUp(): boolean;
}

/** Whether devices are accepted, and with all that belongs to it. */
export class Readiness {
  private phase: 'starting' | 'ok' | 'stopping' = 'starting';
  private readonly parts: OptionalPart[] = [];

  /** `degraded`: every listener accepts, and a part is away; see {@link Readiness.reasons}. */
  get state(): ServerState {
    return this.phase === 'ok' && this.reasons.length > 0 ? 'degraded' : this.phase;
  }

  /** Every listener accepts, whatever else is away: for those who would otherwise turn devices off. */
  get acceptsDevices(): boolean {
    return this.phase === 'ok';
  }

  /** Why the server is degraded: a sentence for each part that is away. */
  get reasons(): readonly string[] {
    return this.parts.filter((part) => !part.isUp()).map(({ reason }) => reason);
  }

  /** From now on the server is degraded while this is away. */
  watch(part: OptionalPart): void {
    this.parts.push(part);
  }

  becomeReady(): void {
    this.phase = 'ok';
  }

  leave(): void {
    this.phase = 'stopping';
  }
}
