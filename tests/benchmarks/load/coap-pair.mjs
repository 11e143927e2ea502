import { performance } from 'node:perf_hooks';
import {
  ACK,
  acknowledgement,
  CHANGED,
  codeOf,
  CON,
  CONTENT,
  copyMessageId,
  EMPTY,
  GET,
  payloadStart,
  POST,
  request,
  setMessageId,
  typeOf,
} from './coap-bytes.mjs';
import { callerToken, targetId, targetToken } from './names.mjs';
import { isSame, wrongBytes } from './same-bytes.mjs';
import { UdpPeer } from './udp-peer.mjs';

const ID_AT = '{"id":'.length;

/** Two devices over CoAP, confirmable: A posts; B observes, acknowledges each notification and posts its reply. */
export class CoapPair {
  /** @param {number} at @param {import('./dialects.mjs').Bodies} bodies @param {import('./pairs.mjs').Owner} owner */
  constructor(at, bodies, owner) {
    const payload = `{"method":"sendMsg","params":{"deviceId":"${targetId(at)}","body":${bodies.request}}}`;
    this.path = ['api', 'v1', targetToken(at), 'rpc'];
    this.request = request(POST, at, ['api', 'v1', callerToken(at), 'rpc'], { payload });
    this.observe = request(GET, at, this.path, { observe: true });
    this.reply = bodies.reply;
    this.answer = Buffer.from(bodies.reply);
    this.callTail = Buffer.from(`,"method":"onMsg","params":${bodies.request}}`);
    this.callerAck = acknowledgement();
    this.targetAck = acknowledgement();
    this.lastMessageId = 0;
    this.owner = owner;
    this.isUnderWay = false;
    this.startedAt = 0;
  }

  /** @param {number} port */
  async open(port) {
    [this.caller, this.target] = [new UdpPeer(this.owner.onFailure), new UdpPeer(this.owner.onFailure)];
    await Promise.all([this.caller.connect(port), this.target.connect(port)]);
    this.caller.onDatagram = (datagram) => this.answered(datagram);
    await new Promise((resolve) => {
      this.target.onDatagram = (datagram) => {
        this.expect(typeOf(datagram) === ACK && codeOf(datagram) === CONTENT, 'observation was refused', datagram);
        resolve();
      };
      this.send(this.target, this.observe);
    });
    this.target.onDatagram = (datagram) => this.called(datagram);
  }

  start(now) {
    this.isUnderWay = true;
    this.startedAt = now;
    this.send(this.caller, this.request);
  }

  send(peer, message) {
    this.lastMessageId = (this.lastMessageId + 1) & 0xffff;
    setMessageId(message, this.lastMessageId);
    peer.send(message);
  }

  called(datagram) {
    if (typeOf(datagram) === ACK) {
      this.expect(codeOf(datagram) === CHANGED, 'reply was refused', datagram);
      return;
    }
    copyMessageId(this.targetAck, datagram);
    this.target.send(this.targetAck);
    // An empty confirmable message asks whether the device is there.
    if (codeOf(datagram) === EMPTY) return;
    const start = payloadStart(datagram);
    const idEnd = datagram.indexOf(0x2c, start);
    if (!isSame(datagram, idEnd, datagram.length, this.callTail)) {
      this.owner.onFailure(wrongBytes('call', datagram, idEnd, datagram.length, this.callTail));
    }
    const id = datagram.latin1Slice(start + ID_AT, idEnd);
    this.send(this.target, request(POST, 1, [...this.path, id], { payload: this.reply }));
  }

  answered(datagram) {
    if (typeOf(datagram) === ACK && codeOf(datagram) === EMPTY) return;
    if (typeOf(datagram) === CON) {
      copyMessageId(this.callerAck, datagram);
      this.caller.send(this.callerAck);
    }
    const start = payloadStart(datagram);
    if (codeOf(datagram) !== CONTENT || !isSame(datagram, start, datagram.length, this.answer)) {
      this.owner.onFailure(wrongBytes('answer', datagram, start, datagram.length, this.answer));
    }
    this.isUnderWay = false;
    this.owner.onAnswer(this, performance.now());
  }

  expect(isSo, what, datagram) {
    if (!isSo) this.owner.onFailure(new Error(`A ${what}: code ${codeOf(datagram).toString(16)}`));
  }
}
