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
  readonly role: UserRole;
  readonly customerId?: string;
}

type About<B> = Pick<AdminRequest<unknown, unknown, B>, 'caller' | 'trace' | 'body' | 'ifMatch'>;

/** Whose users they are: a tenant's, or, `undefined`, the installation's, who are its system administrators. */
type Owner = string | undefined;

/**
 * What can be done with the users of one tenant, by its own administrators and by those of the system; and with the
 * system administrators, by themselves. Nobody gets from the one to the other.
 */
export class UserHandlers {
  constructor(private readonly context: AdminContext) {}

  list(tenantId: Owner, query: PageQuery): Promise<PageOf<object>> {
    const { accounts } = this.context;
    return readPage(
      query,
      (page) => accounts.listUsers(tenantId, page),
      async (id) => isOf(tenantId, await accounts.findUser(id)),
      userView,
    );
  }

  async create(
    tenantId: Owner,
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

  async get(tenantId: Owner, id: string): Promise<Answer> {
    const user = await this.find(tenantId, id);
    return row(userView(user), user);
  }

  /** A new password ends the user's logins. */
  async update(
    tenantId: Owner,
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

  async delete(tenantId: Owner, id: string, { caller, trace, ifMatch }: Omit<About<unknown>, 'body'>): Promise<Answer> {
    const { accounts, audit } = this.context;
    const before = await this.find(tenantId, id);
    if (before.id === caller.userId) throw invalid('', 'You cannot delete yourself: ask another administrator');
    await accounts.deleteUser(before.id, expectation(ifMatch, before));
    audit.changed(caller, trace, { action: 'DELETE', entity: 'user', entityId: before.id, tenantId, before });
    return noContent();
  }

  private async find(tenantId: Owner, id: string): Promise<User> {
    const user = await this.context.accounts.findUser(id.toLowerCase());
    if (user === undefined || !isOf(tenantId, user)) throw notFound('user');
    return user;
  }

  /** @throws Problem 400 when the role is none of the owner's, or does not fit the customer; 404 */
  private async customerOf(tenantId: Owner, { role, customerId }: UserBody): Promise<string | undefined> {
    if ((role === 'SYS_ADMIN') !== (tenantId === undefined)) throw invalid('role', roleRefusal(tenantId));
    if (role !== 'CUSTOMER_USER') {
      if (customerId !== undefined) throw invalid('customerId', 'is for a CUSTOMER_USER only');
      return undefined;
    }
    if (customerId === undefined) throw invalid('customerId', 'is missing: a CUSTOMER_USER is one of a customer');
    const customer = await this.context.registry.findCustomer(customerId.toLowerCase());
    if (customer === undefined || customer.tenantId !== tenantId) throw notFound('customer');
    return customer.id;
  }
}

function isOf(tenantId: Owner, user: User | undefined): boolean {
  return user !== undefined && user.tenantId === tenantId;
}

function roleRefusal(tenantId: Owner): string {
  return tenantId === undefined
    ? 'must be SYS_ADMIN: users of a tenant are at /api/tenants/<id>/users'
    : 'must be TENANT_ADMIN or CUSTOMER_USER: system administrators belong to no tenant';
}
