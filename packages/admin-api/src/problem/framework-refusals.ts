import type { FastifyReply } from 'fastify';
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
};

/**
 * Answers what fastify refuses before it looks for a route, and so before any plugin is asked: for the instance's
 * `frameworkErrors`.
 */
export function refuseAdminUrl(reply: FastifyReply, status: number): void {
  sendProblem(reply, new Problem(status, DETAILS[status] ?? 'The request cannot be taken.'));
}
