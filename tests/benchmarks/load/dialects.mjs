// How the two ends of a pair talk MQTT to each subject. A round trip is four packets with every one of them: A sends, B
// receives, B sends, A receives. With getDevices there is no B.
import { callerToken, directoryRows, targetId, targetToken } from './names.mjs';
import { connectPacket, publishPacket, subscribePacket } from './mqtt-bytes.mjs';
import { ReadyReply, ReplyById } from './replies.mjs';

/**
 * @typedef {object} Greeting
 * @property {Buffer} hello what is sent first
 * @property {number} awaits how many packets the server answers to it
 */
/**
 * @typedef {object} Target
 * @property {Greeting} greeting
 * @property {Buffer} call the payload that B must receive
 * @property {{ to(bytes: Buffer, topicAt: number, payloadAt: number): Buffer }} reply what B answers to it
 */
/**
 * @typedef {object} Script What a pair does.
 * @property {Greeting} caller
 * @property {Target} [target]
 * @property {Buffer} [request] what A sends for a round trip
 * @property {Buffer} [answer] the payload that A must receive
 */
/** @typedef {{ request: string, reply: string }} Bodies JSON texts */
/** @typedef {(pair: number, bodies: Bodies) => Script} Dialect */

const RPC_REQUEST = 'v1/devices/me/rpc/request/';
const SILENCE = { hello: Buffer.alloc(0), awaits: 0 };

/** @returns {Greeting} */
const login = (clientId, token) => ({ hello: connectPacket(clientId, token), awaits: 1 });

/** @returns {Greeting} */
const loginAndSubscribe = (clientId, token, filter) => ({
  hello: Buffer.concat([connectPacket(clientId, token), subscribePacket(filter)]),
  awaits: 2,
});

const sendMsgParams = (pair, body) => `{"method":"sendMsg","params":{"deviceId":"${targetId(pair)}","body":${body}}}`;
const sendMsgRequest = (pair, body) => publishPacket(`${RPC_REQUEST}1`, sendMsgParams(pair, body));

/** sendMsg: authenticate, rules, plugin, policy, deadline, matching. @type {Dialect} */
export const sendMsg = (pair, bodies) => ({
  caller: login(`c${pair}`, callerToken(pair)),
  target: {
    greeting: loginAndSubscribe(`t${pair}`, targetToken(pair), `${RPC_REQUEST}+`),
    call: Buffer.from(`{"method":"onMsg","params":${bodies.request}}`),
    reply: new ReplyById(bodies.reply),
  },
  request: sendMsgRequest(pair, bodies.request),
  answer: Buffer.from(bodies.reply),
});

/** Plain publish and subscribe: what a broker does. The packets are as large as those of sendMsg. @type {Dialect} */
export const publishSubscribe = (pair, bodies) => {
  const call = Buffer.alloc(sendMsgRequest(pair, bodies.request).length - `call/${pair}`.length - 4, 'x');
  return {
    caller: loginAndSubscribe(`c${pair}`, callerToken(pair), `answer/${pair}`),
    target: {
      greeting: loginAndSubscribe(`t${pair}`, targetToken(pair), `call/${pair}`),
      call,
      reply: new ReadyReply(publishPacket(`answer/${pair}`, bodies.reply)),
    },
    request: publishPacket(`call/${pair}`, call),
    answer: Buffer.from(bodies.reply),
  };
};

/** The bare relay joins two connections that follow each other; it takes the same bytes as sendMsg. @type {Dialect} */
export const relay = (pair, bodies) => ({
  caller: SILENCE,
  target: {
    greeting: SILENCE,
    call: Buffer.from(sendMsgParams(pair, bodies.request)),
    reply: new ReadyReply(publishPacket('v1/devices/me/rpc/response/1234567890', bodies.reply)),
  },
  request: sendMsgRequest(pair, bodies.request),
  answer: Buffer.from(bodies.reply),
});

/** A device that waits for calls and makes none. @type {Dialect} */
export const idle = (device) => ({ caller: loginAndSubscribe(`d${device}`, callerToken(device), `${RPC_REQUEST}+`) });

/** A connection to the relay over which nothing goes. @type {Dialect} */
export const silent = () => ({ caller: SILENCE });

/**
 * A caller whose many messages wait for a device that is not there; no answer is right.
 * @param {number} pair
 * @param {{ each: number, timeout: number }} options messages, ms
 * @returns {Script}
 */
export const waitingCaller = (pair, { each, timeout }) => {
  const params = `{"deviceId":"${targetId(pair)}","timeout":${timeout}}`;
  const message = publishPacket(`${RPC_REQUEST}1`, `{"method":"sendMsg","params":${params}}`);
  return {
    caller: login(`c${pair}`, callerToken(pair)),
    request: Buffer.concat(Array.from({ length: each }, () => message)),
    answer: Buffer.from('no answer'),
  };
};

const getDevicesRequest = publishPacket(`${RPC_REQUEST}1`, '{"method":"getDevices","params":{}}');

/** getDevices: each caller is a device of the one large customer. @type {Dialect} */
export const getDevices = (caller) => ({
  caller: login(`d${caller}`, callerToken(caller)),
  request: getDevicesRequest,
  answer: Buffer.from(JSON.stringify(directoryRows(caller))),
});

/** The same answer from a server that does nothing else. @type {Dialect} */
export const writeRows = () => ({
  caller: SILENCE,
  request: getDevicesRequest,
  answer: Buffer.from(JSON.stringify(directoryRows(0))),
});
