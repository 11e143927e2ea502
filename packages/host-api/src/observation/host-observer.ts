import type { AnsweredRequest } from './answered-request.js';

/**
 * Is told what happens in a host, while it happens: for audit and events. Every member is optional. It is called on the
 * way of messages: it must neither throw nor wait, and what it does costs every message. (One that throws is logged
 * and hurts nobody.) Counts and latencies are in `HostStatistics` already.
 */
export interface HostObserver {
  /**
   * A client-side RPC was answered: every one, once, malformed and refused ones included, also when the session was
   * gone by then. The object is the host's own and holds good **during the call alone**: copy what is to be kept.
   */
  requestAnswered?(request: AnsweredRequest): void;
  /** The life of a plugin instance on this node took a turn. */
  pluginChanged?(event: PluginEvent): void;
  /** A component failed while it worked. At most one a component in 3 s; how many were left out is said. */
  componentFailed?(failure: ComponentFailure): void;
}

/**
 * - `STARTED`: at its first message, or again after it stopped.
 * - `STOPPED`: suspended, deleted, idle for long, or the host stops.
 * - `FAILED`: it could not start, or not take its configuration. Told once for each cause, not for each new try.
 * - `RECOVERED`: a new try after a failure went well.
 */
export type PluginEventKind = 'STARTED' | 'STOPPED' | 'FAILED' | 'RECOVERED';

/** A turn in the life of a plugin instance. */
export interface PluginEvent {
  readonly kind: PluginEventKind;
  readonly tenantId: string;
  readonly pluginId: string;
  /** The instance's name. */
  readonly name: string;
  readonly nodeId: string;
  /** Epoch ms. */
  readonly at: number;
  /** What went wrong; with `FAILED` alone. */
  readonly cause: string | undefined;
}

/** A failure of foreign code while it worked. Its caller was told no more than `Internal server error!`. */
export interface ComponentFailure {
  readonly tenantId: string;
  /** The plugin or rule that failed. */
  readonly entityId: string;
  /** Which part of it: `handler "sendMsg"`, `filters[0]`, `processor`, `action`. */
  readonly component: string;
  readonly nodeId: string;
  /** Epoch ms. */
  readonly at: number;
  readonly cause: string;
  /** Failures of the component that were left out since the last one told. */
  readonly omitted: number;
}
