// Which pair talks to which subject.
import { CoapPair } from './coap-pair.mjs';
import { EchoPair } from './echo-pair.mjs';
import { getDevices, idle, publishSubscribe, relay, sendMsg, silent, writeRows } from './dialects.mjs';
import { HttpPair } from './http-pair.mjs';
import { HttpRequester } from './http-requester.mjs';
import { Pair } from './pair.mjs';

/**
 * @typedef {object} RoundTripper What a run keeps busy: at most one round trip is under way.
 * @property {(port: number) => Promise<void>} open
 * @property {(now: number) => void} start `now`: when it starts, or when it was due
 * @property {boolean} isUnderWay
 * @property {number} startedAt on the clock of `performance.now()`
 */
/**
 * @typedef {object} Owner
 * @property {(pair: RoundTripper, now: number) => void} onAnswer
 * @property {(error: Error) => void} onFailure
 */
/** @typedef {import('./dialects.mjs').Bodies} Bodies */

/** @param {import('./dialects.mjs').Dialect} dialect */
const overMqtt =
  (dialect) =>
  /** @param {number} at @param {Bodies} bodies @param {Owner} owner */
  (at, bodies, owner) =>
    new Pair(dialect(at, bodies), owner);

/** @type {Readonly<Record<string, (at: number, bodies: Bodies, owner: Owner) => RoundTripper>>} */
export const PAIRS = {
  sendMsg: overMqtt(sendMsg),
  publishSubscribe: overMqtt(publishSubscribe),
  relay: overMqtt(relay),
  idle: overMqtt(idle),
  silent: overMqtt(silent),
  getDevices: overMqtt(getDevices),
  writeRows: overMqtt(writeRows),
  httpPoll: (at, bodies, owner) => new HttpPair(at, bodies, owner, 'poll'),
  httpStream: (at, bodies, owner) => new HttpPair(at, bodies, owner, 'stream'),
  httpTwoRequests: (at, bodies, owner) => new HttpRequester(at, bodies, owner, 2),
  httpThreeRequests: (at, bodies, owner) => new HttpRequester(at, bodies, owner, 3),
  coap: (at, bodies, owner) => new CoapPair(at, bodies, owner),
  threeDatagrams: (at, bodies, owner) => new EchoPair(at, bodies, owner, 3),
};
