import type { User, UserRole } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { created, noContent, row, type Answer } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import type { AdminRequest } from '../http/operation.js';
import { readPage, type PageQuery } from '../http/page.js';
import { invalid, notFound } from '../problem/problem.js';
import type { PageOf } from '../schemas/paging.js';
import { userView } from '../schemas/user.js';

/** A user as a request describes one. */
interface UserBody {
  readonly username: string;
  readonly role: Exclude<UserRole, 'SYS_ADMIN'>;
  readonly customerId?: string;
}

type About<B> = Pick<AdminRequest<unknown, unknown, B>, 'caller' | 'trace' | 'body' | 'ifMatch'>;

/** What can be done with the users of one tenant, by its own administrators and by those of the system. */
export class UserHandlers {
  constructor(private readonly context: AdminContext) {}

  list(tenantId: string, query: PageQuery): Promise<PageOf<object>> {
    const { accounts } = this.context;
    return readPage(
      query,
      (page) => accounts.listUsers(tenantId, page),
      async (id) => (await accounts.findUser(id))?.tenantId === tenantId,
      userView,
    );
  }

  async create(
    tenantId: string,
    folder: string,
    { caller, trace, body }: About<UserBody & { readonly password: string }>,
  ): Promise<Answer> {
    const { accounts, hasher, audit } = this.context;
    const { username, role } = body;
    const customerId = await this.customerOf(tenantId, body);
    const passwordHash = await hasher.hash(body.password);
    const after = await accounts.createUser({ username, role, tenantId, customerId }, passwordHash);
    audit.changed(caller, trace, { action: 'CREATE', entity: 'user', entityId: after.id, tenantId, after });
    return created(userView(after), after, `${folder}/${after.id}`);
  }

  async get(tenantId: string, id: string): Promise<Answer> {
    const user = await this.find(tenantId, id);
    return row(userView(user), user);
  }

  /** A new password ends the user's logins. */
  async update(
    tenantId: string,
    id: string,
    { caller, trace, body, ifMatch }: About<UserBody & { readonly password?: string }>,
  ): Promise<Answer> {
    const { accounts, hasher, audit } = this.context;
    const before = await this.find(tenantId, id);
    if (before.id === caller.userId && body.role !== before.role) {
      throw invalid('role', 'of your own cannot be changed: ask another administrator');
    }
    const { username, role, password } = body;
    const customerId = await this.customerOf(tenantId, body);
    const passwordHash = password === undefined ? undefined : await hasher.hash(password);
    const after = await accounts.updateUser(before.id, { username, role, customerId }, expectation(ifMatch, before));
    if (passwordHash !== undefined) await accounts.setPassword(after.id, passwordHash);
    const details = { newPassword: passwordHash !== undefined };
    audit.changed(caller, trace, {
      action: 'UPDATE',
      entity: 'user',
      entityId: after.id,
      tenantId,
      before,
      after,
      details,
    });
    return row(userView(after), after);
  }

  async delete(
    tenantId: string,
    id: string,
    { caller, trace, ifMatch }: Omit<About<unknown>, 'body'>,
  ): Promise<Answer> {
    const { accounts, audit } = this.context;
    const before = await this.find(tenantId, id);
    if (before.id === caller.userId) throw invalid('', 'You cannot delete yourself: ask another administrator');
    await accounts.deleteUser(before.id, expectation(ifMatch, before));
    audit.changed(caller, trace, { action: 'DELETE', entity: 'user', entityId: before.id, tenantId, before });
    return noContent();
  }

  private async find(tenantId: string, id: string): Promise<User> {
    const user = await this.context.accounts.findUser(id.toLowerCase());
    if (user?.tenantId !== tenantId) throw notFound('user');
    return user;
  }

  private async customerOf(tenantId: string, { role, customerId }: UserBody): Promise<string | undefined> {
    if (role === 'TENANT_ADMIN') {
      if (customerId !== undefined) throw invalid('customerId', 'is for a CUSTOMER_USER only');
      return undefined;
    }
    if (customerId === undefined) throw invalid('customerId', 'is missing: a CUSTOMER_USER is one of a customer');
    const customer = await this.context.registry.findCustomer(customerId.toLowerCase());
    if (customer?.tenantId !== tenantId) throw notFound('customer');
    return customer.id;
  }
}
