import {
  ClusterBus,
  DeviceRegistry,
  Timers,
  type BusMessage,
  type CancelTimer,
  type RegistryChange,
  type Unsubscribe,
} from '@device-messaging/host-api';
import { isThenable, Logger } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import type { Subscription } from 'rxjs';
import { CallRouter } from '../calls/call-router.js';
import { QuotaTable } from '../quotas/quota-table.js';
import { Sessions } from '../sessions/sessions.js';
import { Tenants } from '../tenants/tenants.js';

const SUBJECT = 'registry.changes';

/** Pause before rules and plugins that could not be read after a change are read again, ms. */
const RETRY_MS = 1_000;

/**
 * Makes changes of the registry act at once, on this node and through the bus on every other: on sessions, on what is
 * loaded of a tenant, and on messages that wait.
 */
@injectable()
export class RegistryChanges {
  private subscription: Subscription | undefined;
  private unsubscribe: Unsubscribe | undefined;
  private readonly retries = new Map<string, CancelTimer>();

  constructor(
    @inject(DeviceRegistry) private readonly registry: DeviceRegistry,
    @inject(ClusterBus) private readonly bus: ClusterBus,
    @inject(Sessions) private readonly sessions: Sessions,
    @inject(Tenants) private readonly tenants: Tenants,
    @inject(CallRouter) private readonly router: CallRouter,
    @inject(QuotaTable) private readonly quotas: QuotaTable,
    @inject(Timers) private readonly timers: Timers,
    @inject(Logger) private readonly logger: Logger,
  ) {}

  start(): void {
    this.unsubscribe = this.bus.subscribe(SUBJECT, (message) => this.hear(message));
    this.subscription = this.registry.changes.subscribe((change) => {
      this.apply(change);
      this.bus.publish(SUBJECT, Buffer.from(JSON.stringify(change)));
    });
  }

  stop(): void {
    this.subscription?.unsubscribe();
    this.unsubscribe?.();
    for (const cancel of this.retries.values()) cancel();
    this.retries.clear();
    this.quotas.close();
  }

  private hear({ nodeId, payload }: BusMessage): void {
    // This node's own changes were applied before they were published.
    if (nodeId === this.bus.nodeId) return;
    try {
      this.apply(JSON.parse(Buffer.from(payload).toString()) as RegistryChange);
    } catch (error) {
      this.logger.error('A change of the registry from another node could not be read', { nodeId, error });
    }
  }

  private apply(change: RegistryChange): void {
    switch (change.kind) {
      case 'device':
        if (change.deleted) this.silence(change.deviceId, 'DEVICE_DELETED');
        else this.quotas.deviceChanged(change.deviceId);
        this.router.recheckDevice(change.deviceId);
        break;
      case 'credentials':
        this.silence(change.deviceId, 'CREDENTIALS_REVOKED');
        break;
      case 'rules':
      case 'plugin':
        this.reload(change.tenantId);
        break;
      case 'customer-settings':
        this.router.recheckTenant(change.tenantId);
        break;
      case 'quotas':
        this.quotas.changed(change.subject);
        break;
      case 'customer-deleted':
        this.quotas.customerDeleted(change.customerId);
        this.router.recheckTenant(change.tenantId);
        break;
      case 'tenant-deleted':
        this.sessions.closeTenant(change.tenantId, 'DEVICE_DELETED');
        this.tenants.removed(change.tenantId);
        this.router.recheckTenant(change.tenantId);
        break;
    }
  }

  /** A device that may not speak any more: its sessions close, and what waits on its behalf is not delivered. */
  private silence(deviceId: string, reason: 'DEVICE_DELETED' | 'CREDENTIALS_REVOKED'): void {
    this.sessions.closeDevice(deviceId, reason);
    this.router.cancelFrom(deviceId);
  }

  private reload(tenantId: string): void {
    try {
      const reloaded = this.tenants.changed(tenantId);
      if (!isThenable(reloaded)) this.router.recheckTenant(tenantId);
      else {
        reloaded.then(
          () => this.router.recheckTenant(tenantId),
          (error: unknown) => this.retry(tenantId, error),
        );
      }
    } catch (error) {
      this.retry(tenantId, error);
    }
  }

  private retry(tenantId: string, error: unknown): void {
    this.logger.error('Rules and plugins of a tenant could not be read after a change', { tenantId, error });
    this.retries.get(tenantId)?.();
    this.retries.set(
      tenantId,
      this.timers.after(RETRY_MS, () => {
        this.retries.delete(tenantId);
        this.reload(tenantId);
      }),
    );
  }
}
