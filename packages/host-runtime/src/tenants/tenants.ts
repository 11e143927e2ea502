import type { CancelTimer } from '@device-messaging/host-api';
import { isThenable, type Awaitable } from '@device-messaging/plugin-api';
import { RecentChanges } from '../changes/recent-changes.js';
import { withinDeadline } from '../deadlines/hook-deadline.js';
import { inject, injectable } from 'inversify';
import { PluginServices } from '../plugins/plugin-services.js';
import { ComponentCatalog } from '../rules/component-catalog.js';
import { TenantRuntime } from './tenant-runtime.js';

/** The tenants that this node works for: each is loaded at its first message, kept true to the registry, let go when idle. */
@injectable()
export class Tenants {
  private readonly loaded = new Map<string, TenantRuntime>();
  private readonly loading = new Map<string, Promise<TenantRuntime>>();
  /** Tenants whose rules or plugins changed: a load of theirs that began before is not taken for the state after it. */
  private readonly changes = new RecentChanges();
  private cancelSweep: CancelTimer | undefined;

  constructor(
    @inject(PluginServices) private readonly services: PluginServices,
    @inject(ComponentCatalog) private readonly components: ComponentCatalog,
  ) {}

  /** A tenant's rules and plugins, for a message of this time (epoch ms). Rejects when the registry cannot say. */
  get(tenantId: string, at: number): Awaitable<TenantRuntime> {
    const tenant = this.loaded.get(tenantId);
    if (tenant !== undefined) {
      tenant.lastUsed = at;
      return tenant;
    }
    return this.loading.get(tenantId) ?? this.load(tenantId);
  }

  /** A tenant that is loaded already. */
  peek(tenantId: string): TenantRuntime | undefined {
    return this.loaded.get(tenantId);
  }

  /** The registry has other rules or plugins for a tenant. Done when they are in force. */
  changed(tenantId: string): Awaitable<void> {
    this.changes.add(tenantId);
    const tenant = this.loaded.get(tenantId);
    return tenant === undefined ? undefined : this.fill(tenant);
  }

  /** The tenant is gone. */
  removed(tenantId: string): void {
    this.changes.add(tenantId);
    const tenant = this.loaded.get(tenantId);
    this.loaded.delete(tenantId);
    void tenant?.close();
  }

  /** Lets everything go; done when all plugins are stopped. */
  async close(): Promise<void> {
    this.cancelSweep?.();
    this.cancelSweep = undefined;
    const tenants = [...this.loaded.values()];
    this.loaded.clear();
    await Promise.all(tenants.map((tenant) => tenant.close()));
  }

  private load(tenantId: string): Awaitable<TenantRuntime> {
    const tenant = new TenantRuntime(tenantId, this.services, this.components);
    const filled = this.fill(tenant);
    if (!isThenable(filled)) return this.keep(tenant);
    const { deadlines, limits, timers } = this.services;
    const what = `Loading the rules and plugins of tenant ${tenantId}`;
    const load = withinDeadline(filled, what, limits.hookTimeoutMs, deadlines, timers.now())
      .then(() => this.keep(tenant))
      .finally(() => this.loading.delete(tenantId));
    this.loading.set(tenantId, load);
    return load;
  }

  /** Reads what the registry has now; once more when it changed meanwhile. */
  private fill(tenant: TenantRuntime): Awaitable<void> {
    const since = this.changes.now();
    const { registry } = this.services;
    const rules = registry.listRules(tenant.tenantId);
    const plugins = registry.listPlugins(tenant.tenantId);
    if (!isThenable(rules) && !isThenable(plugins)) {
      tenant.setPlugins(plugins);
      tenant.setRules(rules);
      return;
    }
    return Promise.all([rules, plugins]).then(([ruleRows, pluginRows]) => {
      if (this.changes.hasChanged(tenant.tenantId, since)) return this.fill(tenant);
      tenant.setPlugins(pluginRows);
      tenant.setRules(ruleRows);
    });
  }

  private keep(tenant: TenantRuntime): TenantRuntime {
    tenant.lastUsed = this.services.timers.now();
    this.loaded.set(tenant.tenantId, tenant);
    this.armSweep();
    return tenant;
  }

  private armSweep(): void {
    this.cancelSweep ??= this.services.timers.after(this.services.limits.idleTimeoutMs, () => this.sweep());
  }

  private sweep(): void {
    this.cancelSweep = undefined;
    const now = this.services.timers.now();
    const busy = this.services.router.tenantsWithCalls();
    for (const tenant of this.loaded.values()) {
      if (busy.has(tenant.tenantId)) continue;
      for (const plugin of tenant.plugins) plugin.stopIfIdle(now);
      if (now - tenant.lastUsed < this.services.limits.idleTimeoutMs) continue;
      this.loaded.delete(tenant.tenantId);
      void tenant.close();
    }
    if (this.loaded.size > 0) this.armSweep();
  }
}
