import type {
  AnsweredRequest,
  ComponentFailure,
  EventStore,
  HostObserver,
  PluginEvent,
  Settings,
} from '@device-messaging/host-api';

/** Longest text of a device that is kept: it may write what it likes. */
const MAX_METHOD_LENGTH = 100;

/** Keeps as events what happens in the host: the life of plugins, their failures, and audited calls. */
export class EventObserver implements HostObserver {
  constructor(private readonly events: EventStore) {}

  requestAnswered(request: AnsweredRequest): void {
    if (request.audit === 'none') return;
    const { tenantId, customerId, deviceId, transport, method, pluginId, targetDeviceId, outcome } = request;
    const { receivedAt, answeredAt, requestBytes, answerBytes } = request;
    this.events.append({
      tenantId,
      type: 'MESSAGE',
      entityId: deviceId,
      at: answeredAt,
      body: withoutGaps({
        customerId,
        transport,
        method: method.slice(0, MAX_METHOD_LENGTH),
        pluginId,
        targetDeviceId,
        outcome,
        receivedAt,
        durationMs: answeredAt - receivedAt,
        requestBytes,
        answerBytes,
      }),
    });
  }

  pluginChanged({ tenantId, pluginId, at, ...body }: PluginEvent): void {
    this.events.append({ tenantId, type: 'LIFECYCLE', entityId: pluginId, at, body: withoutGaps(body) });
  }

  componentFailed({ tenantId, entityId, at, ...body }: ComponentFailure): void {
    this.events.append({ tenantId, type: 'ERROR', entityId, at, body: withoutGaps(body) });
  }
}

/** JSON has no word for what is not there. */
function withoutGaps(members: Readonly<Record<string, unknown>>): Settings {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));
}
