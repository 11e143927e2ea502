import type { AdminContext } from '../admin-context.js';
import { tenantOf, type Caller } from '../auth/caller.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { notFound } from '../problem/problem.js';
import { ID_PATH, PAGE_QUERY, pageOf } from '../schemas/paging.js';
import { object, uuid } from '../schemas/schema.js';
import { newUser, USER, userChange } from '../schemas/user.js';
import { UserHandlers } from './user-handlers.js';

const OWN = { tag: 'Users', roles: ['TENANT_ADMIN', 'SYS_ADMIN'] } as const;
const OF_TENANT = { tag: 'Users', roles: ['SYS_ADMIN'] } as const;
const ONE = { ...OWN, path: '/users/:id', params: ID_PATH } as const;
const ONE_OF_TENANT = {
  ...OF_TENANT,
  path: '/tenants/:id/users/:userId',
  params: object({ id: uuid(), userId: uuid() }),
} as const;

const LISTED = { status: 200, description: 'A page of users.', schema: pageOf(USER) } as const;
const SHOWN = { status: 200, description: 'The user.', schema: USER } as const;
const MADE = { status: 201, description: 'The user.', schema: USER } as const;
const GONE = { status: 204, description: 'Deleted.' } as const;
const NEW_PASSWORD = 'A new password ends the logins of the user.';

/** Users of the caller's tenant; to a system administrator, the system administrators. */
export function userRoutes(context: AdminContext): readonly AnyOperation[] {
  const users = new UserHandlers(context);
  const { minPasswordLength } = context.limits;
  return [
    operation({
      ...OWN,
      method: 'GET',
      path: '/users',
      id: 'listUsers',
      summary: 'Users of your tenant, or the system administrators, oldest first',
      query: PAGE_QUERY,
      answer: LISTED,
      handle: ({ caller, query }) => users.list(ownerOf(caller), query),
    }),
    operation({
      ...OWN,
      method: 'POST',
      path: '/users',
      id: 'createUser',
      summary: 'Make a user of your tenant, or another system administrator',
      body: newUser(minPasswordLength),
      answer: MADE,
      refusals: [404, 409, 503],
      handle: (request) => users.create(ownerOf(request.caller), '/api/users', request),
    }),
    operation({
      ...ONE,
      method: 'GET',
      id: 'getUser',
      summary: 'A user of your tenant, or a system administrator',
      answer: SHOWN,
      handle: ({ caller, params }) => users.get(ownerOf(caller), params.id),
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updateUser',
      summary: 'Change a user of your tenant, or a system administrator',
      description: NEW_PASSWORD,
      body: userChange(minPasswordLength),
      answer: SHOWN,
      refusals: [409, 412, 503],
      handle: (request) => users.update(ownerOf(request.caller), request.params.id, request),
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deleteUser',
      summary: 'Delete a user of your tenant, or a system administrator',
      description: '409 for the last system administrator.',
      answer: GONE,
      refusals: [409, 412],
      handle: (request) => users.delete(ownerOf(request.caller), request.params.id, request),
    }),
  ];
}

/** Users of any tenant, for system administrators: a new tenant needs its first one. */
export function tenantUserRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreateOfTenant(context), ...oneOfTenant(context)];
}

function listAndCreateOfTenant(context: AdminContext): readonly AnyOperation[] {
  const users = new UserHandlers(context);
  return [
    operation({
      ...OF_TENANT,
      method: 'GET',
      path: '/tenants/:id/users',
      id: 'listUsersOfTenant',
      summary: 'Users of a tenant, oldest first',
      params: ID_PATH,
      query: PAGE_QUERY,
      answer: LISTED,
      handle: async ({ params, query }) => users.list(await findTenant(context, params.id), query),
    }),
    operation({
      ...OF_TENANT,
      method: 'POST',
      path: '/tenants/:id/users',
      id: 'createUserOfTenant',
      summary: 'Make a user of a tenant',
      params: ID_PATH,
      body: newUser(context.limits.minPasswordLength),
      answer: MADE,
      refusals: [409, 503],
      handle: async (request) => {
        const tenantId = await findTenant(context, request.params.id);
        return users.create(tenantId, `/api/tenants/${tenantId}/users`, request);
      },
    }),
  ];
}

function oneOfTenant(context: AdminContext): readonly AnyOperation[] {
  const users = new UserHandlers(context);
  return [
    operation({
      ...ONE_OF_TENANT,
      method: 'GET',
      id: 'getUserOfTenant',
      summary: 'A user of a tenant',
      answer: SHOWN,
      handle: async ({ params }) => users.get(await findTenant(context, params.id), params.userId),
    }),
    operation({
      ...ONE_OF_TENANT,
      method: 'PUT',
      id: 'updateUserOfTenant',
      summary: 'Change a user of a tenant',
      description: NEW_PASSWORD,
      body: userChange(context.limits.minPasswordLength),
      answer: SHOWN,
      refusals: [409, 412, 503],
      handle: async (request) =>
        users.update(await findTenant(context, request.params.id), request.params.userId, request),
    }),
    operation({
      ...ONE_OF_TENANT,
      method: 'DELETE',
      id: 'deleteUserOfTenant',
      summary: 'Delete a user of a tenant',
      answer: GONE,
      refusals: [412],
      handle: async (request) =>
        users.delete(await findTenant(context, request.params.id), request.params.userId, request),
    }),
  ];
}

/** Asked by the role, not by a tenant that is absent. */
function ownerOf(caller: Caller): string | undefined {
  return caller.role === 'SYS_ADMIN' ? undefined : tenantOf(caller);
}

async function findTenant({ registry }: AdminContext, id: string): Promise<string> {
  const found = await registry.findTenant(id.toLowerCase());
  if (found === undefined) throw notFound('tenant');
  return found.id;
}
