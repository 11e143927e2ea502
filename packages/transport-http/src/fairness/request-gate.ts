import { TurnQueue } from '@device-messaging/host-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Socket } from 'node:net';
import { RequestLane } from './request-lane.js';

/**
 * Where requests come in: lets no connection begin more than its share in a turn of the event loop, and cuts off those
 * that send on and on without waiting for responses.
 */
export class RequestGate {
  private readonly turns = new TurnQueue();
  private readonly lanes = new WeakMap<Socket, RequestLane>();

  /** `maxOpen`: requests of a connection without a response above which it is cut off. */
  constructor(private readonly maxOpen: number) {}

  /** The hook of a fastify instance: `begin` lets the request go on. */
  enter({ raw: { socket } }: FastifyRequest, reply: FastifyReply, begin: () => void): void {
    // The rest of what was parsed before its connection was cut off.
    if (socket.destroyed) return;
    const lane = this.lanes.get(socket) ?? this.open(socket);
    if (++lane.open > this.maxOpen) {
      socket.destroy();
      return;
    }
    reply.raw.once('close', () => {
      lane.open--;
    });
    lane.enter(begin);
  }

  private open(socket: Socket): RequestLane {
    const lane = new RequestLane(this.turns);
    this.lanes.set(socket, lane);
    socket.once('close', () => lane.close());
    return lane;
  }
}
