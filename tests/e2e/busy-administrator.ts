import type { RandomNumbers } from '@device-messaging/testkit';
import { NoAnswerError, type AdminClient } from './admin-client.js';
import type { Service } from './service.js';
import type { DeviceView, Tenant } from './tenant.js';

/** A row as this administrator knows it. */
interface Row {
  readonly customer: string;
  /** Empty: it has one that nobody was told. */
  readonly token: string;
}

/** All that was acknowledged: devices by name, titles of customers, and the number in the plugin's settings for them. */
interface Rows {
  readonly devices: ReadonlyMap<string, Row>;
  readonly customers: readonly string[];
  readonly setting: number;
}

/** One change: what is asked, and what there may be if it was cut off, in the order of becoming true. */
interface Change {
  readonly ask: (admin: AdminClient) => Promise<unknown>;
  readonly steps: readonly Rows[];
}

/**
 * Makes, changes and deletes rows of its own through the admin API, one after the other, and remembers what was
 * acknowledged. When it is interrupted there may be what was acknowledged, or the one change more that was under way.
 */
export class BusyAdministrator {
  private rows: Rows;
  /** What there may be. */
  private possible: readonly Rows[];
  private count = 0;
  private acknowledged = 0;
  private readonly tokens = new Set<string>();
  private readonly ids = new Map<string, string>();

  private constructor(
    private readonly tenant: Tenant,
    private readonly name: string,
    private readonly customerId: string,
    private readonly random: RandomNumbers,
  ) {
    this.rows = { devices: new Map(), customers: [name], setting: 0 };
    this.possible = [this.rows];
  }

  static async hire(tenant: Tenant, name: string, random: RandomNumbers): Promise<BusyAdministrator> {
    const { id } = await tenant.admin.do<{ id: string }>('POST', '/customers', { title: name });
    return new BusyAdministrator(tenant, name, id, random);
  }

  /** How many were acknowledged. */
  get changes(): number {
    return this.acknowledged;
  }

  /** Works until the server is gone. */
  async work(service: Service): Promise<void> {
    const admin = this.tenant.admin.at(service.server.httpUrl);
    for (;;) {
      const change = this.nextChange();
      this.possible = [this.rows, ...change.steps];
      try {
        await change.ask(admin);
      } catch (error) {
        // Refused is not interrupted: it would be the test's fault.
        if (!(error instanceof NoAnswerError)) throw error;
        return;
      }
      this.acknowledged++;
      this.rows = this.possible.at(-1)!;
      this.possible = [this.rows];
    }
  }

  /** What there is must be what was acknowledged, or with the change under way. Yields an explanation if it is not. */
  async check(service: Service): Promise<string | undefined> {
    const admin = this.tenant.admin.at(service.server.httpUrl);
    const found = await this.find(admin, service);
    const match = this.possible.find((rows) => textOf(rows) === textOf(found));
    const expected = this.possible.map(textOf).join('\nor\n');
    if (match === undefined) return `${this.name} found\n${textOf(found)}\ninstead of\n${expected}`;
    this.rows = found;
    this.possible = [found];
    return undefined;
  }

  private nextChange(): Change {
    this.count++;
    const kind = this.random(10);
    const known = [...this.rows.devices.keys()];
    const device = known[this.random(Math.max(1, known.length))];
    if (kind < 3 || device === undefined) return this.creation();
    if (kind < 5) return this.importing();
    if (kind === 5) return this.assignment(device);
    if (kind === 6) return this.rotation(device);
    if (kind === 7) return this.deletion(device);
    return kind === 8 ? this.newCustomer() : this.setting();
  }

  private creation(): Change {
    const { name, token } = this.newDevice();
    const body = { name, token, customerId: this.customerId };
    const ask = async (admin: AdminClient): Promise<void> => {
      this.ids.set(name, (await admin.do<DeviceView>('POST', '/devices', body)).id);
    };
    return { ask, steps: [this.withDevice(this.rows, name, { customer: this.name, token })] };
  }

  /** The lines of a file are taken in their order. */
  private importing(): Change {
    const lines = [this.newDevice(), this.newDevice(), this.newDevice()];
    const csv = lines.map(({ name, token }) => `${name},${this.name},${token}\n`).join('');
    const steps: Rows[] = [];
    for (const { name, token } of lines) {
      steps.push(this.withDevice(steps.at(-1) ?? this.rows, name, { customer: this.name, token }));
    }
    const ask = async (admin: AdminClient): Promise<void> => {
      const { status, body } = await admin.importDevices(`name,customer,token\n${csv}`);
      if (status !== 200 || (body as { created: number }).created !== lines.length)
        throw new Error(JSON.stringify(body));
    };
    return { ask, steps };
  }

  private assignment(name: string): Change {
    const row = this.rows.devices.get(name)!;
    const customerId = row.customer === '' ? this.customerId : null;
    const ask = async (admin: AdminClient): Promise<unknown> =>
      admin.do('PUT', `/devices/${await this.idOf(admin, name)}/customer`, { customerId });
    const customer = customerId === null ? '' : this.name;
    return { ask, steps: [this.withDevice(this.rows, name, { ...row, customer })] };
  }

  private rotation(name: string): Change {
    const row = this.rows.devices.get(name)!;
    const ask = async (admin: AdminClient): Promise<void> => {
      const path = `/devices/${await this.idOf(admin, name)}/credentials`;
      const { token } = await admin.do<{ token: string }>('POST', path);
      this.tokens.add(token);
      this.possible = [this.withDevice(this.rows, name, { ...row, token })];
    };
    return { ask, steps: [this.withDevice(this.rows, name, { ...row, token: '' })] };
  }

  private deletion(name: string): Change {
    const devices = new Map(this.rows.devices);
    devices.delete(name);
    const ask = async (admin: AdminClient): Promise<unknown> =>
      admin.do('DELETE', `/devices/${await this.idOf(admin, name)}`);
    return { ask, steps: [{ ...this.rows, devices }] };
  }

  private newCustomer(): Change {
    const title = `${this.name} customer ${this.count}`;
    const ask = (admin: AdminClient): Promise<unknown> => admin.do('POST', '/customers', { title });
    return { ask, steps: [{ ...this.rows, customers: [...this.rows.customers, title] }] };
  }

  private setting(): Change {
    const setting = this.count;
    const path = `/plugins/${this.tenant.pluginId}/customers/${this.customerId}`;
    const configuration = { maxDeviceCountPerCustomer: setting };
    const ask = (admin: AdminClient): Promise<unknown> => admin.do('PUT', path, { enabled: true, configuration });
    return { ask, steps: [{ ...this.rows, setting }] };
  }

  private newDevice(): { readonly name: string; readonly token: string } {
    const name = `${this.name} device ${++this.count}`;
    const token = name.replaceAll(' ', '-');
    this.tokens.add(token);
    return { name, token };
  }

  private withDevice(rows: Rows, name: string, row: Row): Rows {
    return { ...rows, devices: new Map([...rows.devices, [name, row]]) };
  }

  private async idOf(admin: AdminClient, name: string): Promise<string> {
    const known = this.ids.get(name);
    if (known !== undefined) return known;
    const { items } = await admin.do<{ items: readonly DeviceView[] }>(
      'GET',
      `/devices?name=${encodeURIComponent(name)}`,
    );
    this.ids.set(name, items[0]!.id);
    return items[0]!.id;
  }

  /** What there is of this administrator's. A device has the one token, of all that were ever given, that lets it in. */
  private async find(admin: AdminClient, service: Service): Promise<Rows> {
    const customers = (await admin.all<{ id: string; title: string }>('/customers')).filter(({ title }) =>
      title.startsWith(this.name),
    );
    const devices = (await admin.all<DeviceView & { customerId: string | null }>('/devices')).filter(({ name }) =>
      name.startsWith(`${this.name} `),
    );
    const owners = await this.ownersOfTokens(service, devices);
    const path = `/plugins/${this.tenant.pluginId}/customers`;
    const settings = await admin.do<{
      customers: Record<string, { configuration: { maxDeviceCountPerCustomer: number } }>;
    }>('GET', path);
    return {
      devices: new Map(
        devices.map(({ id, name, customerId }) => [
          name,
          { customer: customerId === null ? '' : this.name, token: owners.get(id) ?? '' },
        ]),
      ),
      customers: customers.map(({ title }) => title),
      setting: settings.customers[this.customerId]?.configuration.maxDeviceCountPerCustomer ?? 0,
    };
  }

  /** The token by which each device is let in, of all that were ever given. */
  private async ownersOfTokens(service: Service, devices: readonly DeviceView[]): Promise<Map<string, string>> {
    const owners = new Map<string, string>();
    const letIn = async (token: string): Promise<void> => {
      const url = `${service.server.httpUrl}/api/v1/${token}/rpc`;
      const { status } = await fetch(url, { method: 'POST', body: '{"method":"getDevices"}' });
      if (status === 401) return;
      const owner = devices.find(({ name }) => this.possible.some((rows) => rows.devices.get(name)?.token === token));
      if (owner === undefined) throw new Error(`The token ${token} is nobody's and is let in`);
      owners.set(owner.id, token);
    };
    await Promise.all([...this.tokens].map(letIn));
    return owners;
  }
}

function textOf({ devices, customers, setting }: Rows): string {
  const lines = [...devices].map(([name, { customer, token }]) => `${name}: ${customer}, ${token}`);
  return [...lines.sort(), ...customers.toSorted(), `setting ${setting}`].join('\n');
}
