import { AdminBench } from './admin-bench.js';

/** Ids of rows of one tenant, by the names that paths give them. */
export interface Rows {
  readonly tenant: string;
  readonly customer: string;
  readonly user: string;
  readonly device: string;
  readonly plugin: string;
  readonly rule: string;
}

/** A bench in whose tenants there is one row of each kind. */
export interface World {
  readonly bench: AdminBench;
  readonly one: Rows;
  readonly two: Rows;
}

export async function openWorld(): Promise<World> {
  const bench = await AdminBench.open();
  return { bench, one: await fill(bench, 'one'), two: await fill(bench, 'two') };
}

/** Texts that only tenant `two` has: they must not be found in any answer to tenant `one`. */
export const SECRETS_OF_TWO = /Secret of two|two-token|two-plugin|Tenant two|Customer of two|two-customer/;

async function fill(bench: AdminBench, name: string): Promise<Rows> {
  const { user } = bench.accounts.findUserSecret(`${name}-customer`)!;
  const { tenantId: tenant, customerId: customer, id: userId } = user;
  const make = async (path: string, body: object): Promise<string> =>
    (await bench.ask('POST', path, { as: name, body })).body.id;
  const device = await make('/api/devices', {
    name: `Secret of ${name}`,
    customerId: customer,
    token: `${name}-token`,
  });
  const plugin = await make('/api/plugins', { type: 'relay', name: `Secret of ${name}`, token: `${name}-plugin` });
  const rule = (await bench.ask('GET', '/api/rules', { as: name })).body.items[0]!.id;
  return { tenant: tenant!, customer: customer!, user: userId, device, plugin, rule };
}

/** The row that a path's `{id}` names. */
export function rowOf(path: string, rows: Rows): string {
  const [, noun = ''] = /^\/api\/(\w+?)s?\/\{id\}/.exec(path) ?? [];
  return rows[noun as keyof Rows];
}

/** The path with ids in the place of its parameters. */
export function filled(path: string, rows: Rows): string {
  return path.replace('{id}', rowOf(path, rows)).replace('{customerId}', rows.customer).replace('{userId}', rows.user);
}
