import type { Tenant } from '@device-messaging/host-api';
import { name, object, uuid, type ValueOf } from './schema.js';

export const TENANT = object({ id: uuid(), title: name() });
export const TENANT_WRITE = object({ title: name() });

export function tenantView({ id, title }: Tenant): ValueOf<typeof TENANT> {
  return { id, title };
}
