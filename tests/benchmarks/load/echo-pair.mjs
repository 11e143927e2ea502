import { performance } from 'node:perf_hooks';
import { POST, request } from './coap-bytes.mjs';
import { callerToken, targetId } from './names.mjs';
import { UdpPeer } from './udp-peer.mjs';

/** As many datagrams as a call over CoAP takes, one after the other, to a server that sends each back. */
export class EchoPair {
  /**
   * @param {number} at
   * @param {import('./dialects.mjs').Bodies} bodies
   * @param {import('./pairs.mjs').Owner} owner
   * @param {number} datagrams of a round trip
   */
  constructor(at, bodies, owner, datagrams) {
    const payload = `{"method":"sendMsg","params":{"deviceId":"${targetId(at)}","body":${bodies.request}}}`;
    this.datagram = request(POST, at, ['api', 'v1', callerToken(at), 'rpc'], { payload });
    this.owner = owner;
    this.datagrams = datagrams;
    this.missing = 0;
    this.isUnderWay = false;
    this.startedAt = 0;
  }

  /** @param {number} port */
  async open(port) {
    this.peer = new UdpPeer(this.owner.onFailure);
    await this.peer.connect(port);
    this.peer.onDatagram = (datagram) => this.echoed(datagram);
  }

  start(now) {
    this.isUnderWay = true;
    this.startedAt = now;
    this.missing = this.datagrams;
    this.peer.send(this.datagram);
  }

  echoed(datagram) {
    if (datagram.length !== this.datagram.length) this.owner.onFailure(new Error('Another datagram came back'));
    if (--this.missing > 0) {
      this.peer.send(this.datagram);
      return;
    }
    this.isUnderWay = false;
    this.owner.onAnswer(this, performance.now());
  }
}
