import { matchesTopic } from './topic-filter.js';
import { REQUEST_PREFIX, RESPONSE_PREFIX } from './device-topic.js';

/** The QoS at which messages are sent; `undefined`: no filter matches. */
export type GrantedQos = 0 | 1 | undefined;

/** A level that no filter can name, since U+0000 is forbidden in MQTT: a filter that matches it matches every id. */
const ANY_ID = '\0';
const ANY_CALL = REQUEST_PREFIX + ANY_ID;
const ANY_ANSWER = RESPONSE_PREFIX + ANY_ID;

/** The topic filters of one session, and what they mean for calls and answers. */
export class Subscriptions {
  private readonly filters = new Map<string, 0 | 1>();
  /** The three below are worked out when they are asked for after a change: a packet may change many filters. */
  private isWorkedOut = true;
  private knownCallQos: GrantedQos;
  private knownAnswerQos: GrantedQos;
  /** Whether some filter is about neither all calls nor all answers: a single answer's topic, say. */
  private hasOthers = false;

  get size(): number {
    return this.filters.size;
  }

  has(filter: string): boolean {
    return this.filters.has(filter);
  }

  /** A filter that is there already gets the new QoS. */
  add(filter: string, qos: 0 | 1): void {
    this.filters.set(filter, qos);
    this.isWorkedOut = false;
  }

  /** Returns whether the filter was there. */
  remove(filter: string): boolean {
    this.isWorkedOut = false;
    return this.filters.delete(filter);
  }

  /** At which QoS calls are delivered; `undefined`: the session does not listen. */
  callQos(): GrantedQos {
    if (!this.isWorkedOut) this.workOut();
    return this.knownCallQos;
  }

  /** At which QoS a message on the topic `prefix + id` is delivered: the highest of all filters that match. */
  qosOf(prefix: string, id: string): GrantedQos {
    if (!this.isWorkedOut) this.workOut();
    if (prefix !== RESPONSE_PREFIX) return this.highest(prefix + id);
    return this.knownAnswerQos === 1 || !this.hasOthers ? this.knownAnswerQos : this.highest(prefix + id);
  }

  private workOut(): void {
    this.knownCallQos = this.highest(ANY_CALL);
    this.knownAnswerQos = this.highest(ANY_ANSWER);
    this.hasOthers = false;
    for (const filter of this.filters.keys()) {
      if (!matchesTopic(filter, ANY_CALL) && !matchesTopic(filter, ANY_ANSWER)) this.hasOthers = true;
    }
    this.isWorkedOut = true;
  }

  private highest(topic: string): GrantedQos {
    let highest: GrantedQos;
    for (const [filter, qos] of this.filters) {
      if (qos >= (highest ?? 0) && matchesTopic(filter, topic)) highest = qos;
    }
    return highest;
  }
}
