import type { AdminContext } from '../admin-context.js';
import { tenantOf } from '../auth/caller.js';
import { newAccessToken, tokenSecret } from '../devices/device-secrets.js';
import { DeviceList } from '../devices/list-devices.js';
import { ownCustomer, ownDevice } from '../devices/own-device.js';
import { created, noContent, row, type Answer } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AdminRequest, type AnyOperation } from '../http/operation.js';
import { DEVICE, DEVICE_CHANGE, DEVICE_QUERY, deviceView, NEW_DEVICE, NEW_DEVICE_ANSWER } from '../schemas/device.js';
import { ID_PATH, pageOf } from '../schemas/paging.js';
import type { ValueOf } from '../schemas/schema.js';

const DEVICES = { tag: 'Devices', roles: ['TENANT_ADMIN'] } as const;
const ONE = { ...DEVICES, path: '/devices/:id', params: ID_PATH } as const;

const DEFAULT_TYPE = 'default';

/** Devices of a tenant: making, listing, changing, deleting. */
export function deviceRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreate(context), ...oneDevice(context)];
}

function listAndCreate(context: AdminContext): readonly AnyOperation[] {
  const devices = new DeviceList(context.registry, context.host);
  return [
    operation({
      ...DEVICES,
      roles: ['TENANT_ADMIN', 'CUSTOMER_USER'],
      method: 'GET',
      path: '/devices',
      id: 'listDevices',
      summary: 'Devices, oldest first',
      description: 'A customer user sees those of the own customer.',
      query: DEVICE_QUERY,
      answer: { status: 200, description: 'A page of devices.', schema: pageOf(DEVICE) },
      handle: ({ caller, query }) => devices.page(tenantOf(caller), query, caller.customerId),
    }),
    operation({
      ...DEVICES,
      method: 'POST',
      path: '/devices',
      id: 'createDevice',
      summary: 'Make a device',
      description: 'The access token is in the answer, and nowhere else ever again.',
      body: NEW_DEVICE,
      answer: { status: 201, description: 'The device with its access token.', schema: NEW_DEVICE_ANSWER },
      refusals: [404, 409],
      handle: (request) => createDevice(context, request),
    }),
  ];
}

function oneDevice({ registry, host, audit }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      ...ONE,
      method: 'GET',
      id: 'getDevice',
      summary: 'A device',
      answer: { status: 200, description: 'The device.', schema: DEVICE },
      handle: async ({ caller, params }) => {
        const device = await ownDevice(registry, caller, params.id);
        return row(deviceView(device, host.isOnline(device.id)), device);
      },
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updateDevice',
      summary: 'Change name and type of a device',
      body: DEVICE_CHANGE,
      answer: { status: 200, description: 'The device.', schema: DEVICE },
      refusals: [412],
      handle: async ({ caller, trace, params, body, ifMatch }) => {
        const before = await ownDevice(registry, caller, params.id);
        const after = await registry.updateDevice(before.id, body, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'UPDATE', entity: 'device', entityId: after.id, before, after });
        return row(deviceView(after, host.isOnline(after.id)), after);
      },
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deleteDevice',
      summary: 'Delete a device',
      description: 'Its sessions close, messages that wait for it are answered.',
      answer: { status: 204, description: 'Deleted.' },
      refusals: [412],
      handle: async ({ caller, trace, params, ifMatch }) => {
        const before = await ownDevice(registry, caller, params.id);
        await registry.deleteDevice(before.id, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'DELETE', entity: 'device', entityId: before.id, before });
        return noContent();
      },
    }),
  ];
}

async function createDevice(
  { registry, host, audit }: AdminContext,
  { caller, trace, body }: AdminRequest<unknown, unknown, ValueOf<typeof NEW_DEVICE>>,
): Promise<Answer> {
  const { name, type = DEFAULT_TYPE, token = newAccessToken() } = body;
  const given = body.customerId ?? undefined;
  const customerId = given === undefined ? undefined : (await ownCustomer(registry, caller, given)).id;
  const id = body.id === undefined ? {} : { id: body.id.toLowerCase() };
  const device = { ...id, tenantId: tenantOf(caller), name, type, customerId };
  const after = await registry.createDevice(device, tokenSecret(token));
  audit.changed(caller, trace, { action: 'CREATE', entity: 'device', entityId: after.id, after });
  const view = { ...deviceView(after, host.isOnline(after.id)), token };
  return created(view, after, `/api/devices/${after.id}`);
}
