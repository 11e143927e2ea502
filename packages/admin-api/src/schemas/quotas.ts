import type { Quotas } from '@device-messaging/host-api';
import { integer, object, optional, positiveNumber, type Schema } from './schema.js';

const MOST = 1_000_000_000;
const count = (description: string) => optional(integer(0, MOST, { description }));

/** What is absent is unlimited. */
export const QUOTAS: Schema<Quotas> = object(
  {
    messagesPerSecond: optional(
      positiveNumber(MOST, { description: 'Requests a second; 0.1 is six a minute. One second’s may come at once.' }),
    ),
    messagesInFlight: count('Requests whose answer is owed.'),
    waitingMessages: count('Calls that wait for a device that is away.'),
    connections: count('Sessions at once.'),
    devices: count('Devices of the tenant or customer.'),
  },
  { description: 'What is absent is unlimited.' },
);
