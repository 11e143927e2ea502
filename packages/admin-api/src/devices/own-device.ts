import type { Customer, DeviceRow, RegistryAdmin } from '@device-messaging/host-api';
import type { Caller } from '../auth/caller.js';
import { ownRow } from '../http/own-row.js';
import { notFound } from '../problem/problem.js';

/**
 * The device, if it is one of the caller's: of the tenant, and of the customer of a customer user.
 * @throws Problem 404
 */
export async function ownDevice(
  registry: Pick<RegistryAdmin, 'findDeviceRow'>,
  caller: Caller,
  id: string,
): Promise<DeviceRow> {
  const device = await ownRow(caller, 'device', registry.findDeviceRow(id.toLowerCase()));
  if (caller.role === 'CUSTOMER_USER' && device.customerId !== caller.customerId) throw notFound('device');
  return device;
}

/** @throws Problem 404 */
export function ownCustomer(
  registry: Pick<RegistryAdmin, 'findCustomer'>,
  caller: Caller,
  id: string,
): Promise<Customer> {
  return ownRow(caller, 'customer', registry.findCustomer(id.toLowerCase()));
}
