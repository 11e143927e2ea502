import type { HostStatistics, RpcOutcome } from '@device-messaging/host-api';
import { RPC_ERROR_TEXTS, type RpcErrorCode } from '@device-messaging/plugin-api';
import type { DatabaseMetrics } from '@device-messaging/registry-sql';
import { ExpositionText } from './exposition-text.js';

/** Every one from the start: a counter that appears with its first event hides that event from `rate()`. */
const OUTCOMES: readonly RpcOutcome[] = ['OK', ...(Object.keys(RPC_ERROR_TEXTS) as RpcErrorCode[])];

/** What host and database tell of themselves, as text for Prometheus. */
export function serverMetrics(host: HostStatistics, database: DatabaseMetrics, transports: readonly string[]): string {
  const text = new ExpositionText();
  addMessages(text, host);
  addState(text, host, transports);
  addRefusals(text, host);
  addDatabase(text, database);
  return text.toString();
}

function addMessages(text: ExpositionText, { requestsByOutcome, latency, messages, droppedMessages }: HostStatistics) {
  text
    .counter('requests_total', 'Requests of devices that have their answer, by outcome.', {
      label: 'outcome',
      values: OUTCOMES.map((outcome) => [outcome, requestsByOutcome.get(outcome) ?? 0] as const),
    })
    .histogram('request_duration_seconds', 'From the arrival of a request until its answer.', latency)
    .counter('messages_total', 'Telemetry and attributes taken in.', messages)
    .counter('dropped_messages_total', 'Telemetry and attributes dropped: over a quota, or no JSON.', droppedMessages);
}

function addState(text: ExpositionText, host: HostStatistics, transports: readonly string[]): void {
  text
    .gauge('sessions', 'Sessions of devices, by transport.', {
      label: 'transport',
      values: transports.map((transport) => [transport, host.sessionsByTransport.get(transport) ?? 0] as const),
    })
    .gauge('requests', 'Requests of devices whose answer is owed.', host.requests)
    .gauge('pending_calls', 'Calls to devices under way: waiting, or handed over.', host.pendingCalls)
    .gauge('waiting_calls', 'Those of them that wait for their device.', host.waitingCalls)
    .gauge('devices', 'Devices that the host keeps state for.', host.devices);
}

function addRefusals(text: ExpositionText, host: HostStatistics): void {
  text
    .counter('quota_refusals_total', 'What was refused because it went over a quota.', {
      label: 'what',
      values: [
        ['request', host.requestsByOutcome.get('RATE_LIMIT_EXCEEDED') ?? 0],
        ['message', host.rateLimitedMessages],
        ['session', host.refusedSessions],
      ],
    })
    .counter('dropped_answers_total', 'Answers whose session was gone.', host.droppedAnswers)
    .counter(
      'dropped_replies_total',
      "Replies whose call was unknown, over, or another device's.",
      host.droppedReplies,
    );
}

function addDatabase(text: ExpositionText, database: DatabaseMetrics): void {
  text
    .gauge('database_up', 'Whether the database answered lately.', database.isUp ? 1 : 0)
    .counter('database_failures_total', 'Statements that the database did not carry out.', database.failures)
    .counter('cache_hits_total', 'Questions to the registry answered from memory.', database.cacheHits)
    .counter('cache_misses_total', 'Questions to the registry that needed a query.', database.cacheMisses)
    .gauge('cache_entries', 'Answers of the registry in memory.', database.cacheEntries)
    .gauge('cache_bytes', 'What they take, roughly.', database.cacheBytes)
    .counter('lost_events_total', 'Events that could not be kept.', database.lostEvents);
}
