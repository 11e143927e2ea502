import {
  DeviceRegistry,
  Timers,
  type CancelTimer,
  type CustomerUsage,
  type Quotas,
  type QuotaSubject,
} from '@device-messaging/host-api';
import { isThenable, Logger, type Awaitable, type Device } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import type { DeviceEntry } from '../devices/device-entry.js';
import { DeviceTable } from '../devices/device-table.js';
import { Allowance } from './allowance.js';
import { SubjectUsage } from './subject-usage.js';
import { UsageShelf } from './usage-shelf.js';

/** A customer's counters are kept this long after it had its last session, ms. */
const CUSTOMER_IDLE_MS = 3_600_000;
/** What is limited and has nothing under way is kept this long at least: longer than a device is looked up. Ms. */
const IDLE_MS = 60_000;
/** Pause before quotas that could not be read after a change are read again, ms. */
const RETRY_MS = 1_000;

/**
 * What tenants, customers and devices may take and do take on this node. A session asks once for its allowance and
 * keeps it; changes of the registry reach it here. Quotas are read when they are needed, and again when they change.
 */
@injectable()
export class QuotaTable {
  private readonly tenants = new UsageShelf(IDLE_MS);
  private readonly customers = new UsageShelf(CUSTOMER_IDLE_MS);
  /** Only devices with quotas of their own. */
  private readonly limitedDevices = new UsageShelf(IDLE_MS);
  /** Allowances that devices without quotas of their own share, by their customer, or else their tenant. */
  private readonly shared = new WeakMap<SubjectUsage, Allowance>();
  /** First readings under way. */
  private readonly loading = new Map<SubjectUsage, Promise<SubjectUsage>>();

  /** What could not be read after a change. */
  private readonly stale = new Set<SubjectUsage | DeviceEntry>();
  private cancelRetry: CancelTimer | undefined;

  constructor(
    @inject(DeviceRegistry) private readonly registry: DeviceRegistry,
    @inject(DeviceTable) private readonly devices: DeviceTable,
    @inject(Timers) private readonly timers: Timers,
    @inject(Logger) private readonly logger: Logger,
  ) {}

  /** What a device may take. Rejects (or throws) when the registry cannot say. */
  allowanceOf({ id, tenantId, customerId }: Device): Awaitable<Allowance> {
    const own = this.registry.findQuotas({ kind: 'device', id });
    const tenant = this.usageOf('tenant', tenantId, tenantId);
    const customer = customerId === undefined ? undefined : this.usageOf('customer', customerId, tenantId);
    if (!isThenable(own) && !isThenable(tenant) && !isThenable(customer)) {
      return this.combine(id, own, customer, tenant);
    }
    return Promise.all([own, customer, tenant]).then(([quotas, ofCustomer, ofTenant]) =>
      this.combine(id, quotas, ofCustomer, ofTenant),
    );
  }

  /** The registry has other quotas for a subject: they hold as soon as they are read. */
  changed({ kind, id }: QuotaSubject): void {
    const usage = this.shelfOf(kind).get(id);
    if (usage !== undefined) this.update(usage);
    if (kind === 'device') this.deviceChanged(id);
  }

  /** A device has another customer, or other quotas: they hold for its sessions as soon as they are read. */
  deviceChanged(deviceId: string): void {
    const entry = this.devices.get(deviceId);
    if (entry !== undefined) this.update(entry);
  }

  /** The devices of a customer belong to none now. */
  customerDeleted(customerId: string): void {
    for (const entry of [...this.devices.all()]) {
      if (entry.sessions[0]?.allowance.customer?.id === customerId) this.update(entry);
    }
  }

  /** Nothing is read again from now on. */
  close(): void {
    this.cancelRetry?.();
    this.stale.clear();
  }

  /** What customers asked; those that were idle for long are let go. */
  usageOfCustomers(): CustomerUsage[] {
    this.customers.sweep(this.timers.now());
    return [...this.customers.all()].map(({ id, tenantId, requests, connections }) => ({
      tenantId,
      customerId: id,
      requests,
      sessions: connections,
    }));
  }

  private shelfOf(kind: QuotaSubject['kind']): UsageShelf {
    if (kind === 'tenant') return this.tenants;
    return kind === 'customer' ? this.customers : this.limitedDevices;
  }

  /** Reads what holds now for a subject, or for a device's sessions; when the registry cannot say, again in a moment. */
  private update(target: SubjectUsage | DeviceEntry): void {
    const failed = (error: unknown): void => {
      this.logger.warn('Quotas could not be read after a change', { error });
      this.stale.add(target);
      this.cancelRetry ??= this.timers.after(RETRY_MS, () => this.retry());
    };
    try {
      const done = target instanceof SubjectUsage ? this.read(target) : this.refresh(target);
      if (isThenable(done)) done.then(undefined, failed);
    } catch (error) {
      failed(error);
    }
  }

  private retry(): void {
    const stale = [...this.stale];
    this.cancelRetry = undefined;
    this.stale.clear();
    for (const target of stale) this.update(target);
  }

  /** Gives a device's sessions what holds now. What is read while something newer is on its way is dropped. */
  private refresh(entry: DeviceEntry): Awaitable<void> {
    if (entry.sessions.length === 0) return undefined;
    const epoch = ++entry.allowanceEpoch;
    const assign = (allowance: Allowance): void => {
      if (epoch === entry.allowanceEpoch) this.assign(entry, allowance);
    };
    const allow = (device: Device | undefined): Awaitable<void> => {
      // Deleted: its sessions are being closed.
      if (device === undefined) return;
      const allowance = this.allowanceOf(device);
      return isThenable(allowance) ? allowance.then(assign) : assign(allowance);
    };
    const device = this.registry.findDevice(entry.deviceId);
    return isThenable(device) ? device.then(allow) : allow(device);
  }

  private assign(entry: DeviceEntry, allowance: Allowance): void {
    const now = this.timers.now();
    for (const session of entry.sessions) {
      session.allowance.sessionClosed(now);
      session.allowance = allowance;
      allowance.sessionOpened(now);
    }
  }

  private combine(
    deviceId: string,
    quotas: Quotas,
    customer: SubjectUsage | undefined,
    tenant: SubjectUsage,
  ): Allowance {
    if (limitsDevice(quotas)) {
      const now = this.timers.now();
      const device = this.limitedDevices.ensure(deviceId, now, () => new SubjectUsage('device', deviceId, tenant.id));
      device.limit(quotas, now);
      return new Allowance(tenant, customer, device);
    }
    const owner = customer ?? tenant;
    let allowance = this.shared.get(owner);
    if (allowance?.tenant !== tenant) {
      allowance = new Allowance(tenant, customer, undefined);
      this.shared.set(owner, allowance);
    }
    return allowance;
  }

  private usageOf(kind: 'tenant' | 'customer', id: string, tenantId: string): Awaitable<SubjectUsage> {
    const shelf = this.shelfOf(kind);
    const now = this.timers.now();
    const known = shelf.get(id);
    const usage = known ?? shelf.ensure(id, now, () => new SubjectUsage(kind, id, tenantId));
    usage.lastUsed = now;
    return known === undefined ? this.load(usage) : (this.loading.get(usage) ?? usage);
  }

  /** The first reading. When it fails nothing is kept, and the next one who asks tries again. */
  private load(usage: SubjectUsage): Awaitable<SubjectUsage> {
    const shelf = this.shelfOf(usage.kind);
    try {
      const read = this.read(usage);
      if (!isThenable(read)) return usage;
      const loading = Promise.resolve(read)
        .then(
          () => usage,
          (error: unknown) => {
            shelf.remove(usage);
            throw error;
          },
        )
        .finally(() => this.loading.delete(usage));
      this.loading.set(usage, loading);
      return loading;
    } catch (error) {
      shelf.remove(usage);
      throw error;
    }
  }

  private read(usage: SubjectUsage): Awaitable<void> {
    const epoch = ++usage.epoch;
    const quotas = this.registry.findQuotas({ kind: usage.kind, id: usage.id });
    if (!isThenable(quotas)) return usage.limit(quotas, this.timers.now());
    return quotas.then((found) => {
      if (epoch === usage.epoch) usage.limit(found, this.timers.now());
    });
  }
}

function limitsDevice({ messagesPerSecond, messagesInFlight, waitingMessages, connections }: Quotas): boolean {
  return (messagesPerSecond ?? messagesInFlight ?? waitingMessages ?? connections) !== undefined;
}
