import type { Customer } from '@device-messaging/host-api';
import { name, object, uuid, type ValueOf } from './schema.js';

export const CUSTOMER = object({ id: uuid(), title: name() });
export const CUSTOMER_WRITE = object({ title: name() });

export function customerView({ id, title }: Customer): ValueOf<typeof CUSTOMER> {
  return { id, title };
}
