import type { Timers } from '@device-messaging/host-api';
import type { FakeCall } from './fake-call.js';

/** What a fake device does with a call. Ready-made ones: {@link callHandlers}. */
export type CallHandler = (call: FakeCall) => void;

/** Devices as they are in the field: prompt ones, late ones, broken ones. */
export const callHandlers = {
  /** Replies with the call's own params, verbatim. */
  echo: (): CallHandler => (call) => void call.reply(call.params),

  /** Replies with this text, JSON or not. */
  text:
    (text: string): CallHandler =>
    (call) =>
      void call.reply(text),

  /** Replies after `delayMs`. */
  late:
    (timers: Timers, delayMs: number, text: string): CallHandler =>
    (call) =>
      void timers.after(delayMs, () => void call.reply(text)),

  /** Replies twice. */
  twice:
    (first: string, second: string): CallHandler =>
    (call) => {
      void call.reply(first);
      void call.reply(second);
    },

  /** Replies with bytes that are not JSON, nor even text. */
  garbage: (): CallHandler => (call) => void call.reply(Uint8Array.of(0xff, 0x00, 0x7b, 0xfe)),

  /** Takes the call and never replies. */
  silent: (): CallHandler => () => undefined,
};
