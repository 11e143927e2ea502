import { readFileSync } from 'node:fs';
import { readPluginExport, readRuleExport } from '@device-messaging/host-api';
import type { Customer, New, NewPlugin, RuleDefinition, Tenant } from '@device-messaging/host-api';

/** A device of the demo account; its token is public. */
export interface DemoDevice {
  readonly id: string;
  readonly name: string;
  readonly customerId?: string;
  readonly token: string;
}

/** ThingsBoard's demo account, so far as devices see it: the same ids and tokens, so that its scripts run unedited. */
export interface DemoAccount {
  readonly tenant: Tenant;
  readonly customers: readonly New<Customer>[];
  /** Oldest first. */
  readonly devices: readonly DemoDevice[];
  readonly plugin: NewPlugin;
  readonly rule: New<RuleDefinition>;
}

/** The shape of demo-account.json; plugin and rule are export files of ThingsBoard 1.x beside it. */
interface DemoFile {
  readonly tenant: Tenant;
  readonly customers: readonly Omit<Customer, 'tenantId'>[];
  readonly devices: readonly DemoDevice[];
  readonly plugin: { readonly id: string; readonly file: string };
  readonly rule: { readonly file: string };
}

/** Reads the demo account from the files that come with this package. */
export function readDemoAccount(): DemoAccount {
  const { tenant, customers, devices, plugin, rule } = readDemoFile('demo-account.json') as DemoFile;
  return {
    tenant,
    customers: customers.map((customer) => ({ ...customer, tenantId: tenant.id })),
    devices,
    plugin: { ...readPluginExport(tenant.id, readDemoFile(plugin.file)), id: plugin.id },
    rule: readRuleExport(tenant.id, readDemoFile(rule.file)),
  };
}

function readDemoFile(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../demo/${name}`, import.meta.url), 'utf8'));
}
