import type { AnswerKind } from '@device-messaging/host-api';
import { Code } from '../codec/code.js';

const CODES: Readonly<Record<AnswerKind, number>> = {
  answer: Code.CONTENT,
  malformed: Code.BAD_REQUEST,
  'rate-limited': Code.TOO_MANY_REQUESTS,
};

/** The response code of an answer. An error that a plugin or a device tells is an answer like any other: 2.05. */
export function answerCode(kind: AnswerKind): number {
  return CODES[kind];
}
