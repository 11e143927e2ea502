import type { FastifyReply } from 'fastify';
import { nameRequest } from '../http/request-ids.js';
import { Problem } from './problem.js';
import { sendProblem } from './problem-answers.js';

const ADMIN_PATH = /^\/api(?:[/?]|$)(?!v1\/)/;

/** Whether a URL, as it came, is one of the admin API's: what is below `/api/v1/` is the device API's. */
export function isAdminUrl(url: string): boolean {
  return ADMIN_PATH.test(url);
}

const DETAILS: Readonly<Record<number, string>> = {
  400: 'The URL cannot be read.',
  404: 'There is nothing at this path.',
  414: 'A part of the path is too long.',
  503: 'The server is stopping. Try again.',
};

/**
 * Answers what is refused before the plugin is asked: what fastify finds wrong before it looks for a route (the instance's
 * `frameworkErrors`), and everything while the server stops (503).
 */
export function refuseAdminUrl(reply: FastifyReply, status: number): void {
  nameRequest(reply.request, reply);
  sendProblem(reply, new Problem(status, DETAILS[status] ?? 'The request cannot be taken.'));
}
