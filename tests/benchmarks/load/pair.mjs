import { performance } from 'node:perf_hooks';
import { isAccepted, payloadStart, PUBLISH, topicStart } from './mqtt-bytes.mjs';
import { PacketSocket } from './packet-socket.mjs';
import { isSame, wrongBytes } from './same-bytes.mjs';

/** Two connections, A and B, or A alone; at most one round trip is under way between them. */
export class Pair {
  /**
   * @param {import('./dialects.mjs').Script} script
   * @param {{ onAnswer: (pair: Pair, now: number) => void, onFailure: (error: Error) => void }} owner
   */
  constructor(script, owner) {
    this.script = script;
    this.owner = owner;
    this.isUnderWay = false;
    /** On the clock of `performance.now()`. */
    this.startedAt = 0;
  }

  /** @param {number} port */
  async open(port) {
    const { caller, target } = this.script;
    this.caller = await this.connect(port, caller);
    this.caller.onPacket = (bytes, start, end) => this.answered(bytes, start, end);
    if (target === undefined) return;
    const socket = await this.connect(port, target.greeting);
    socket.onPacket = (bytes, start, end) => {
      const topicAt = topicStart(bytes, start);
      const payloadAt = payloadStart(bytes, topicAt);
      this.check('call', bytes, start, payloadAt, end, target.call);
      socket.write(target.reply.to(bytes, topicAt, payloadAt));
    };
  }

  /** @param {number} now when it starts, or when it was due */
  start(now) {
    this.isUnderWay = true;
    this.startedAt = now;
    this.caller.write(this.script.request);
  }

  answered(bytes, start, end) {
    this.check('answer', bytes, start, payloadStart(bytes, topicStart(bytes, start)), end, this.script.answer);
    this.isUnderWay = false;
    this.owner.onAnswer(this, performance.now());
  }

  /** A wrong answer is no round trip: the run fails. */
  check(what, bytes, start, payloadAt, end, expected) {
    if (bytes[start] === PUBLISH && isSame(bytes, payloadAt, end, expected)) return;
    this.owner.onFailure(wrongBytes(what, bytes, payloadAt, end, expected));
  }

  /** Opens a connection and waits for what the server says to its hello. */
  connect(port, { hello, awaits }) {
    return new Promise((resolve, reject) => {
      const fail = (error) => {
        reject(error);
        this.owner.onFailure(error);
      };
      const socket = new PacketSocket(port, fail);
      let missing = awaits;
      socket.onPacket = (bytes, start, end) => {
        if (!isAccepted(bytes, start, end)) fail(new Error('The server refused a CONNECT or SUBSCRIBE'));
        else if (--missing === 0) resolve(socket);
      };
      socket.socket.once('connect', () => {
        if (hello.length > 0) socket.write(hello);
        if (awaits === 0) resolve(socket);
      });
    });
  }
}
