import { integer, list, object, optional, text } from './schema.js';

/** RFC 9457 section 3. */
export const PROBLEM = object(
  {
    type: text({ description: '`about:blank`, or a URN that tells refusals with the same status apart.' }),
    title: text(),
    status: integer(400, 599),
    detail: text({ maxLength: 10_000 }),
    errors: optional(
      list(
        object({
          path: text({ maxLength: 10_000, description: 'The member: `configuration.maxTimeout`.' }),
          message: text({ maxLength: 10_000 }),
        }),
        10_000,
      ),
    ),
  },
  { description: 'Why a request was refused (RFC 9457).' },
);
