import { expect } from '@jest/globals';
import { InMemoryRegistry } from '@device-messaging/host-runtime';
import { RecordingLogger, VirtualTimers } from '@device-messaging/testkit';
import { fastify, type FastifyInstance, type LightMyRequestResponse } from 'fastify';
import { hashSync } from '@node-rs/argon2';
import { adminApi } from '../admin-api.js';
import type { AdminLimits } from '../admin-limits.js';
import { refuseAdminUrl } from '../problem/framework-refusals.js';
import { DocumentCheck } from './document-check.js';
import { FakeAdminHost } from './fake-admin-host.js';
import { InMemoryAccountStore } from './in-memory-account-store.js';
import { InMemoryEventStore } from './in-memory-event-store.js';

export const PASSWORD = 'correct horse';
/** Cheap: what hashing costs is not what these tests are about. */
const HASH = hashSync(PASSWORD, { memoryCost: 8, timeCost: 1 });

/** What a request says beside method and path. */
export interface Ask {
  readonly as?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A body with the members that tests look into most; those that are not there are not. */
export interface Body extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly token: string;
  readonly refreshToken: string;
  readonly items: readonly Body[];
  readonly next?: string;
  readonly errors: readonly { readonly path: string; readonly message: string }[];
}

/** What came back. */
export interface Told {
  readonly status: number;
  readonly body: Body;
  readonly text: string;
  readonly headers: LightMyRequestResponse['headers'];
}

/** The admin API over a registry in memory, with two tenants and a user of each role. */
export class AdminBench {
  readonly timers = new VirtualTimers();
  readonly registry = new InMemoryRegistry(this.timers);
  readonly accounts = new InMemoryAccountStore(this.registry, () => this.timers.now());
  readonly events = new InMemoryEventStore();
  readonly logger = new RecordingLogger();
  readonly host = new FakeAdminHost();
  readonly app: FastifyInstance;
  /** Every answer is held against it. */
  document: DocumentCheck | undefined;
  private readonly tokens = new Map<string, Promise<string>>();

  private constructor(limits: Partial<AdminLimits>) {
    const { registry, accounts, events, host, logger, timers: clock } = this;
    this.app = fastify({
      exposeHeadRoutes: false,
      frameworkErrors: (error, _request, reply) => refuseAdminUrl(reply, error.statusCode ?? 400),
    });
    this.app.register(adminApi({ registry, accounts, events, host, logger, clock, limits }));
  }

  static async open(limits: Partial<AdminLimits> = {}): Promise<AdminBench> {
    const bench = new AdminBench({ loginsPerAddress: 100_000, loginsPerUser: 100_000, ...limits });
    await bench.accounts.createUser(
      { username: 'root', role: 'SYS_ADMIN', tenantId: undefined, customerId: undefined },
      HASH,
    );
    await bench.addTenant('one');
    await bench.addTenant('two');
    await bench.app.ready();
    const { body } = await bench.ask('GET', '/api/openapi.json');
    bench.document = new DocumentCheck(body as unknown as DocumentCheck['document']);
    return bench;
  }

  /** A tenant `<name>` with a customer, an administrator `<name>` and a customer user `<name>-customer`. */
  async addTenant(name: string): Promise<{ readonly tenantId: string; readonly customerId: string }> {
    const { id: tenantId } = this.registry.createTenant({ title: `Tenant ${name}` });
    const { id: customerId } = this.registry.createCustomer({ tenantId, title: `Customer of ${name}` });
    await this.accounts.createUser({ username: name, role: 'TENANT_ADMIN', tenantId, customerId: undefined }, HASH);
    const user = { username: `${name}-customer`, role: 'CUSTOMER_USER', tenantId, customerId } as const;
    await this.accounts.createUser(user, HASH);
    return { tenantId, customerId };
  }

  /** The access token of a user, who logs in at the first time. */
  token(username: string): Promise<string> {
    let token = this.tokens.get(username);
    if (token === undefined) this.tokens.set(username, (token = this.login(username).then(tokenOf)));
    return token;
  }

  login(username: string, password = PASSWORD): Promise<Told> {
    return this.ask('POST', '/api/auth/login', { body: { username, password } });
  }

  async ask(method: string, path: string, { as, body, headers = {} }: Ask = {}): Promise<Told> {
    const authorization = as === undefined ? {} : { authorization: `Bearer ${await this.token(as)}` };
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body);
    const typed = body === undefined ? {} : { 'content-type': 'application/json' };
    const response = await this.app.inject({
      method: method as 'GET',
      url: path,
      headers: { ...typed, ...authorization, ...headers },
      ...(body === undefined ? {} : { payload: isRaw ? body : JSON.stringify(body) }),
    });
    const { statusCode: status, body: text } = response;
    const type = String(response.headers['content-type'] ?? '');
    const told = (/json/.test(type) && text !== '' ? JSON.parse(text) : undefined) as Body;
    expect(this.document?.problemsOf(method, path, status, type, told) ?? []).toEqual([]);
    return { status, headers: response.headers, text, body: told };
  }

  close(): Promise<void> {
    return this.app.close();
  }
}

function tokenOf({ body }: Told): string {
  return body.token;
}
