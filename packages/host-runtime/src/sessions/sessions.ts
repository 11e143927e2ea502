import { hash } from 'node:crypto';
import {
  DeviceRegistry,
  Timers,
  type CertificateCredentials,
  type DeviceCredentials,
  type DeviceSession,
  type SessionCloseReason,
  type SessionFacts,
  type SessionSink,
} from '@device-messaging/host-api';
import { isThenable, Logger, type Awaitable, type Device } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { CallRouter } from '../calls/call-router.js';
import { RecentChanges } from '../changes/recent-changes.js';
import type { DeviceEntry } from '../devices/device-entry.js';
import type { DeviceLink } from '../devices/device-link.js';
import { DeviceTable } from '../devices/device-table.js';
import type { Allowance } from '../quotas/allowance.js';
import { QuotaTable } from '../quotas/quota-table.js';
import { Inbound } from '../requests/inbound.js';
import { readClientCertificate } from './client-certificate.js';
import { HostSession, type SessionServices } from './host-session.js';

type FindDevice = () => Awaitable<Device | undefined>;

/** The sessions of this node: opens them, and closes them when the registry or a take-over says so. */
@injectable()
export class Sessions {
  private readonly counts = new Map<string, number>();
  private count = 0;
  private refused = 0;
  private isClosing = false;
  /** Devices and tenants whose sessions were closed: a look-up of theirs that began before does not hold after it. */
  private readonly revocations = new RecentChanges();

  constructor(
    @inject(DeviceRegistry) private readonly registry: DeviceRegistry,
    @inject(Timers) private readonly timers: Timers,
    @inject(DeviceTable) private readonly devices: DeviceTable,
    @inject(Inbound) private readonly inbound: Inbound,
    @inject(CallRouter) private readonly router: CallRouter,
    @inject(QuotaTable) private readonly quotas: QuotaTable,
    @inject(Logger) private readonly logger: Logger,
  ) {}

  get size(): number {
    return this.count;
  }

  /** By the name of their transport. */
  get byTransport(): ReadonlyMap<string, number> {
    return new Map(this.counts);
  }

  /** Sessions that were refused because of a quota. */
  get refusedCount(): number {
    return this.refused;
  }

  connect(
    credentials: DeviceCredentials,
    facts: SessionFacts,
    sink: SessionSink,
  ): Awaitable<DeviceSession | undefined> {
    const digest = hash('sha256', credentials.secret, 'hex');
    if (credentials.type === 'ACCESS_TOKEN') {
      return this.open(() => this.registry.findDeviceByCredentials('ACCESS_TOKEN', digest), facts, sink);
    }
    const find = this.finderOf(credentials, digest);
    return find === undefined ? undefined : this.open(find, facts, sink);
  }

  /** Closes a device's sessions. */
  closeDevice(deviceId: string, reason: SessionCloseReason): void {
    this.revocations.add(deviceId);
    const entry = this.devices.get(deviceId);
    if (entry !== undefined) this.closeAllOf(entry, reason);
  }

  closeTenant(tenantId: string, reason: SessionCloseReason): void {
    this.revocations.add(tenantId);
    for (const entry of [...this.devices.all()]) {
      if (entry.sessions[0]?.tenantId === tenantId) this.closeAllOf(entry, reason);
    }
  }

  /** Closes every session; new ones are refused from now on. */
  closeAll(reason: SessionCloseReason): void {
    this.isClosing = true;
    for (const entry of [...this.devices.all()]) this.closeAllOf(entry, reason);
  }

  /** How the owner of a certificate is found. `undefined`: it is none, or not valid now. */
  private finderOf({ secret, authorityTenantId }: CertificateCredentials, digest: string): FindDevice | undefined {
    const certificate = readClientCertificate(secret);
    const now = this.timers.now();
    // Written this way round, a date that cannot be read refuses, too.
    if (certificate === undefined || !(certificate.validFrom <= now && now <= certificate.validTo)) return undefined;
    const { commonName } = certificate;
    const findOwn: FindDevice = () => this.registry.findDeviceByCredentials('X509_CERTIFICATE', digest);
    if (authorityTenantId === undefined || commonName === undefined) return findOwn;
    const findNamed: FindDevice = () => this.registry.findDeviceByName(authorityTenantId, commonName);
    return () => {
      const own = findOwn();
      return isThenable(own) ? own.then((device) => device ?? findNamed()) : (own ?? findNamed());
    };
  }

  private open(find: FindDevice, facts: SessionFacts, sink: SessionSink): Awaitable<DeviceSession | undefined> {
    const since = this.revocations.now();
    const device = find();
    if (isThenable(device)) return this.openLater(device, since, find, facts, sink);
    if (device === undefined) return undefined;
    const allowance = this.quotas.allowanceOf(device);
    if (isThenable(allowance)) return this.openLater(device, since, find, facts, sink, allowance);
    return this.openWith(device, allowance, facts, sink);
  }

  /** What had to be waited for holds if the device was not revoked meanwhile; else the device is looked up once more. */
  private async openLater(
    looked: Awaitable<Device | undefined>,
    since: number,
    find: FindDevice,
    facts: SessionFacts,
    sink: SessionSink,
    asked?: Awaitable<Allowance>,
  ): Promise<DeviceSession | undefined> {
    const device = await looked;
    if (device === undefined) return undefined;
    const allowance = await (asked ?? this.quotas.allowanceOf(device));
    const { id, tenantId } = device;
    if (this.revocations.hasChanged(id, since) || this.revocations.hasChanged(tenantId, since)) {
      return this.open(find, facts, sink);
    }
    const session = this.openWith(device, allowance, facts, sink);
    // Its customer or its quotas may have changed while they were read, before there was a session to change them for.
    this.quotas.deviceChanged(id);
    return session;
  }

  /** @throws OverQuotaError when the device may have no more sessions. */
  private openWith(device: Device, allowance: Allowance, facts: SessionFacts, sink: SessionSink): HostSession {
    if (this.isClosing) throw new Error('The host is stopping');
    const entry = this.devices.ensure(device.id);
    const older = facts.clientId
      ? entry.sessions.find((s) => s.facts.clientId === facts.clientId && s.facts.transport === facts.transport)
      : undefined;
    const refusal = allowance.refusalOfSession(older !== undefined);
    if (refusal !== undefined) {
      this.refused++;
      this.devices.release(entry);
      throw refusal;
    }
    const session = new HostSession(entry, device.tenantId, facts, sink, allowance, this.sessionServices);
    entry.sessions.push(session);
    allowance.sessionOpened(this.timers.now());
    this.countSession(facts.transport, 1);
    if (older !== undefined) this.close(older, 'TAKEN_OVER');
    return session;
  }

  private countSession(transport: string, by: 1 | -1): void {
    this.count += by;
    const count = (this.counts.get(transport) ?? 0) + by;
    if (count > 0) this.counts.set(transport, count);
    else this.counts.delete(transport);
  }

  private closeAllOf(entry: DeviceEntry, reason: SessionCloseReason): void {
    for (const session of [...entry.sessions]) this.close(session, reason);
  }

  private close(session: DeviceLink, reason: SessionCloseReason): void {
    session.close();
    try {
      session.sink.close(reason);
    } catch (error) {
      this.sessionServices.logFault(session, error);
    }
  }

  private readonly sessionServices: SessionServices = {
    request: (session, ref, payload, expiresAt) => this.inbound.request(session, ref, payload, expiresAt),
    publish: (session, type, payload) => this.inbound.publish(session, type, payload),
    retryAfterS: (session) => session.allowance.retryAfterS(this.timers.now()),
    reply: (session, id, payload) => this.router.reply(session, id, payload),
    confirm: (session, id) => this.router.confirm(session, id),
    fail: (session, id) => this.router.fail(session, id),
    ready: (session) => this.router.pump(session.entry),
    closed: (session) => {
      const { sessions } = session.entry;
      sessions.splice(sessions.indexOf(session), 1);
      session.allowance.sessionClosed(this.timers.now());
      this.countSession(session.facts.transport, -1);
      this.devices.release(session.entry);
    },
    logFault: (session, error) =>
      this.logger.error('A transport failed', { transport: session.facts.transport, error }),
  };
}
