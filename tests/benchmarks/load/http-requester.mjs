import { performance } from 'node:perf_hooks';
import { postRequest } from './http-bytes.mjs';
import { HttpConnection } from './http-connection.mjs';
import { callerToken, targetId } from './names.mjs';
import { isSame, wrongBytes } from './same-bytes.mjs';

/** As many requests as a call takes, one after the other, to a server that answers each with its body. */
export class HttpRequester {
  /**
   * @param {number} at
   * @param {import('./dialects.mjs').Bodies} bodies
   * @param {import('./pairs.mjs').Owner} owner
   * @param {number} requests of a round trip
   */
  constructor(at, bodies, owner, requests) {
    const body = `{"method":"sendMsg","params":{"deviceId":"${targetId(at)}","body":${bodies.request}}}`;
    this.request = postRequest(`/api/v1/${callerToken(at)}/rpc`, body);
    this.body = Buffer.from(body);
    this.owner = owner;
    this.requests = requests;
    this.missing = 0;
    this.isUnderWay = false;
    this.startedAt = 0;
  }

  /** @param {number} port */
  async open(port) {
    this.connection = new HttpConnection(port, this.owner.onFailure);
    await this.connection.connected();
    this.connection.onBody = (status, bytes, start, end) => {
      if (status !== 200 || !isSame(bytes, start, end, this.body)) {
        this.owner.onFailure(wrongBytes(`response (${status})`, bytes, start, end, this.body));
      }
      this.answered();
    };
  }

  start(now) {
    this.isUnderWay = true;
    this.startedAt = now;
    this.missing = this.requests;
    this.connection.write(this.request);
  }

  answered() {
    if (--this.missing > 0) {
      this.connection.write(this.request);
      return;
    }
    this.isUnderWay = false;
    this.owner.onAnswer(this, performance.now());
  }
}
