import { performance } from 'node:perf_hooks';
import { getRequest, postRequest } from './http-bytes.mjs';
import { HttpConnection } from './http-connection.mjs';
import { callerToken, targetId, targetToken } from './names.mjs';
import { isSame, wrongBytes } from './same-bytes.mjs';

const ID_AT = '{"id":'.length;

/**
 * Two devices over HTTP: A asks on one connection; B listens on one, by long polls or by a stream, and replies on
 * another one.
 */
export class HttpPair {
  /**
   * @param {number} at
   * @param {import('./dialects.mjs').Bodies} bodies
   * @param {import('./pairs.mjs').Owner} owner
   * @param {'poll' | 'stream'} listening
   */
  constructor(at, bodies, owner, listening) {
    const params = `{"deviceId":"${targetId(at)}","body":${bodies.request}}`;
    this.request = postRequest(`/api/v1/${callerToken(at)}/rpc`, `{"method":"sendMsg","params":${params}}`);
    this.answer = Buffer.from(bodies.reply);
    this.callTail = Buffer.from(`,"method":"onMsg","params":${bodies.request}}`);
    this.reply = bodies.reply;
    this.poll = `/api/v1/${targetToken(at)}/rpc`;
    this.pollRequest = getRequest(this.poll);
    this.listening = listening;
    this.owner = owner;
    this.isUnderWay = false;
    this.startedAt = 0;
  }

  /** @param {number} port */
  async open(port) {
    const connections = [0, 1, 2].map(() => new HttpConnection(port, this.owner.onFailure));
    await Promise.all(connections.map((connection) => connection.connected()));
    [this.caller, this.listener, this.replier] = connections;
    this.caller.onBody = (status, bytes, start, end) => this.answered(status, bytes, start, end);
    this.replier.onBody = (status) => this.expect(status === 200, 'reply was refused', status);
    this.listener.onBody = (status, bytes, start, end) => this.called(status, bytes, start, end);
    this.listener.isStream = this.listening === 'stream';
    this.listener.write(this.listening === 'stream' ? getRequest(`${this.poll}/stream`) : this.pollRequest);
  }

  start(now) {
    this.isUnderWay = true;
    this.startedAt = now;
    this.caller.write(this.request);
  }

  called(status, bytes, start, end) {
    this.expect(status === 200, 'poll ended', status);
    const idEnd = bytes.indexOf(0x2c, start);
    const id = bytes.latin1Slice(start + ID_AT, idEnd);
    if (!isSame(bytes, idEnd, end, this.callTail)) {
      this.owner.onFailure(wrongBytes('call', bytes, idEnd, end, this.callTail));
    }
    if (!this.listener.isStream) this.listener.write(this.pollRequest);
    this.replier.write(postRequest(`${this.poll}/${id}`, this.reply));
  }

  answered(status, bytes, start, end) {
    if (status !== 200 || !isSame(bytes, start, end, this.answer)) {
      this.owner.onFailure(wrongBytes(`answer (${status})`, bytes, start, end, this.answer));
    }
    this.isUnderWay = false;
    this.owner.onAnswer(this, performance.now());
  }

  expect(isSo, what, status) {
    if (!isSo) this.owner.onFailure(new Error(`A ${what}: ${status}`));
  }
}
