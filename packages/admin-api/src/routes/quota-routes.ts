import { UNLIMITED, type Quotas, type QuotasExpectation, type QuotaSubject } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import type { Caller } from '../auth/caller.js';
import { ownCustomer, ownDevice } from '../devices/own-device.js';
import { Answer } from '../http/answer.js';
import { assertMatches, contentTag, isAny } from '../http/etag.js';
import { operation, type AdminRequest, type AnyOperation } from '../http/operation.js';
import { notFound } from '../problem/problem.js';
import { ID_PATH } from '../schemas/paging.js';
import { QUOTAS } from '../schemas/quotas.js';

/** Finds the row that quotas are about, if the caller may see it. */
type FindSubject = (caller: Caller, id: string) => Promise<QuotaSubject>;

interface QuotaPath {
  readonly path: string;
  readonly name: string;
  readonly find: FindSubject;
  readonly readers: readonly ('SYS_ADMIN' | 'TENANT_ADMIN')[];
  readonly writers: readonly ('SYS_ADMIN' | 'TENANT_ADMIN')[];
}

/** How much tenants, customers and devices may take. A tenant reads its own and cannot lift them. */
export function quotaRoutes(context: AdminContext): readonly AnyOperation[] {
  const { registry } = context;
  const paths: readonly QuotaPath[] = [
    {
      path: '/tenants/:id/quotas',
      name: 'Tenant',
      readers: ['SYS_ADMIN', 'TENANT_ADMIN'],
      writers: ['SYS_ADMIN'],
      find: async (caller, id) => {
        const tenant = await registry.findTenant(id.toLowerCase());
        const isOwn = caller.role === 'SYS_ADMIN' || tenant?.id === caller.tenantId;
        if (tenant === undefined || !isOwn) throw notFound('tenant');
        return { kind: 'tenant', id: tenant.id };
      },
    },
    {
      path: '/customers/:id/quotas',
      name: 'Customer',
      readers: ['TENANT_ADMIN'],
      writers: ['TENANT_ADMIN'],
      find: async (caller, id) => ({ kind: 'customer', id: (await ownCustomer(registry, caller, id)).id }),
    },
    {
      path: '/devices/:id/quotas',
      name: 'Device',
      readers: ['TENANT_ADMIN'],
      writers: ['TENANT_ADMIN'],
      find: async (caller, id) => ({ kind: 'device', id: (await ownDevice(registry, caller, id)).id }),
    },
  ];
  return paths.flatMap((path) => routesOf(context, path));
}

function routesOf(context: AdminContext, { path, name, find, readers, writers }: QuotaPath): readonly AnyOperation[] {
  const quotas = { path, params: ID_PATH, tag: 'Quotas' } as const;
  const answer = { status: 200, description: 'The quotas.', schema: QUOTAS } as const;
  return [
    operation({
      ...quotas,
      roles: readers,
      method: 'GET',
      id: `get${name}Quotas`,
      summary: `How much a ${name.toLowerCase()} may take`,
      answer,
      handle: async ({ caller, params }) => tagged(await readQuotas(context, await find(caller, params.id))),
    }),
    operation({
      ...quotas,
      roles: writers,
      method: 'PUT',
      id: `put${name}Quotas`,
      summary: `Say how much a ${name.toLowerCase()} may take`,
      description: 'Replaces all of them; `{}` is unlimited.',
      body: QUOTAS,
      answer,
      refusals: [412],
      handle: async (request) => putQuotas(context, await find(request.caller, request.params.id), request),
    }),
  ];
}

async function putQuotas(
  context: AdminContext,
  subject: QuotaSubject,
  { caller, trace, body, ifMatch }: AdminRequest<unknown, unknown, Quotas>,
): Promise<Answer> {
  const { registry, audit } = context;
  const quotas = await registry.putQuotas(subject, body, await expectedQuotas(context, subject, ifMatch));
  const details = { ...body };
  audit.changed(caller, trace, { action: 'UPDATE', entity: `${subject.kind}-quotas`, entityId: subject.id, details });
  return tagged(quotas);
}

/**
 * Quotas have no version, they are compared themselves: here with the tags, and once more when they are written.
 * @throws Problem 412
 */
async function expectedQuotas(
  context: AdminContext,
  subject: QuotaSubject,
  ifMatch: string | undefined,
): Promise<QuotasExpectation> {
  if (isAny(ifMatch)) return {};
  const ifQuotas = await readQuotas(context, subject);
  assertMatches(ifMatch, contentTag(ifQuotas));
  return { ifQuotas };
}

/** As they are now, whatever is remembered of them for the traffic. */
async function readQuotas({ registry }: AdminContext, { kind, id }: QuotaSubject): Promise<Quotas> {
  return (await registry.listQuotas(kind, [id])).get(id) ?? UNLIMITED;
}

function tagged(quotas: Quotas): Answer {
  return new Answer(200, quotas, { etag: contentTag(quotas) });
}
