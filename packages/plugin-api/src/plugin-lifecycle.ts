import type { Awaitable } from './reply.js';

/**
 * Optional: called once, before the first message is handed to the instance; messages wait for it. When it throws or
 * exceeds the host's hook deadline (10 s by default) the instance is FAILED: its callers get `Internal server error!`
 * and the host tries again with back-off.
 */
export interface OnStart<C = unknown> {
  onStart(configuration: C): Awaitable<void>;
}

/**
 * Optional: called when a valid new base configuration takes effect, in the order of the changes. Calls that are
 * under way keep theirs. When it throws or exceeds the hook deadline the instance is FAILED.
 */
export interface OnConfigurationChange<C = unknown> {
  onConfigurationChange(configuration: C): Awaitable<void>;
}

/**
 * Optional: called once, when the instance is suspended, deleted, idle for long, or the host stops; no message is
 * handed to it any more. What it throws is logged; after the hook deadline the host goes on without it.
 */
export interface OnStop {
  onStop(): Awaitable<void>;
}
