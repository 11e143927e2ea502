import { TurnQueue } from '@device-messaging/host-api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { RequestLane } from './request-lane.js';

const LANE = Symbol('lane');

/** Where requests look up their connection's lane: a property costs less than a weak map, to look up and to collect. */
type GatedSocket = Socket & { [LANE]?: RequestLane };

/**
 * Where requests come in: lets no connection begin more than its share in a turn of the event loop, and cuts off those
 * that send on and on without waiting for responses.
 */
export class RequestGate {
  private readonly turns = new TurnQueue();

  /** `maxOpen`: requests of a connection without a response above which it is cut off. */
  constructor(private readonly maxOpen: number) {}

  /** The hook of a fastify instance: `begin` lets the request go on. */
  enter({ raw: { socket } }: FastifyRequest, reply: FastifyReply, begin: () => void): void {
    // The rest of what was parsed before its connection was cut off.
    if (socket.destroyed) return;
    const lane = (socket as GatedSocket)[LANE] ?? this.open(socket);
    if (++lane.open > this.maxOpen) {
      socket.destroy();
      return;
    }
    reply.raw.on('close', responseClosed);
    lane.enter(begin, socket.bytesRead);
  }

  private open(socket: GatedSocket): RequestLane {
    const lane = new RequestLane(this.turns);
    socket[LANE] = lane;
    socket.once('close', () => lane.close());
    return lane;
  }
}

/** Emitted once a response, when it is sent or its connection gone. One function for all: there is one a request. */
function responseClosed(this: ServerResponse<IncomingMessage>): void {
  const lane = (this.req.socket as GatedSocket)[LANE];
  if (lane !== undefined) lane.open--;
}
