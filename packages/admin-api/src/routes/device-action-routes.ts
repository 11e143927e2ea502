import type { AdminContext } from '../admin-context.js';
import { certificateSecret, newAccessToken, tokenSecret } from '../devices/device-secrets.js';
import { callDevice } from '../devices/call-device.js';
import { ownCustomer, ownDevice } from '../devices/own-device.js';
import { row, type Answer } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AdminRequest, type AnyOperation } from '../http/operation.js';
import { deviceCall } from '../schemas/device-call.js';
import { CREDENTIALS_ANSWER, CREDENTIALS_CHANGE, DEVICE, DEVICE_CUSTOMER, deviceView } from '../schemas/device.js';
import { ID_PATH } from '../schemas/paging.js';
import { anything, type ValueOf } from '../schemas/schema.js';

const ONE = { tag: 'Devices', roles: ['TENANT_ADMIN'], params: ID_PATH } as const;

/** What is done to one device. */
export function deviceActionRoutes(context: AdminContext): readonly AnyOperation[] {
  const { registry, host, audit, limits } = context;
  return [
    operation({
      ...ONE,
      method: 'PUT',
      path: '/devices/:id/customer',
      id: 'assignDevice',
      summary: 'Assign a device to a customer, or to none',
      description: 'Acts on live sessions, and on messages that wait, at once.',
      body: DEVICE_CUSTOMER,
      answer: { status: 200, description: 'The device.', schema: DEVICE },
      refusals: [409, 412],
      handle: async ({ caller, trace, params, body, ifMatch }) => {
        const before = await ownDevice(registry, caller, params.id);
        const { customerId } = body;
        const customer = customerId === null ? undefined : await ownCustomer(registry, caller, customerId);
        const after = await registry.assignDevice(before.id, customer?.id, expectation(ifMatch, before));
        const details = { from: before.customerId ?? null, to: after.customerId ?? null };
        audit.changed(caller, trace, {
          action: 'ASSIGN',
          entity: 'device',
          entityId: after.id,
          before,
          after,
          details,
        });
        return row(deviceView(after, host.isOnline(after.id)), after);
      },
    }),
    operation({
      ...ONE,
      method: 'POST',
      path: '/devices/:id/credentials',
      id: 'setDeviceCredentials',
      summary: 'Give a device new credentials',
      description:
        'A new access token, or the certificate in the body. Sessions that were opened with the old ones close.',
      body: CREDENTIALS_CHANGE,
      answer: { status: 200, description: 'The new token, shown this once.', schema: CREDENTIALS_ANSWER },
      refusals: [409, 412],
      handle: (request) => setCredentials(context, request),
    }),
    operation({
      ...ONE,
      roles: ['TENANT_ADMIN', 'CUSTOMER_USER'],
      method: 'POST',
      path: '/devices/:id/rpc',
      id: 'callDevice',
      summary: 'Call a device as its tenant',
      description: 'A customer user calls devices of the own customer. The reply comes back byte for byte.',
      body: deviceCall(limits.maxCallTimeoutMs, limits.defaultCallTimeoutMs),
      answer: { status: 200, description: 'The reply of the device.', schema: anything() },
      refusals: [409, 429, 502, 504],
      handle: (request) => callDevice(context, request),
    }),
  ];
}

async function setCredentials(
  { registry, audit }: AdminContext,
  { caller, trace, params, body, ifMatch }: AdminRequest<{ id: string }, unknown, ValueOf<typeof CREDENTIALS_CHANGE>>,
): Promise<Answer> {
  const before = await ownDevice(registry, caller, params.id);
  const expected = expectation(ifMatch, before);
  const pem = body?.x509;
  const token = pem === undefined ? newAccessToken() : undefined;
  const { type, digest } = token === undefined ? certificateSecret(pem ?? '') : tokenSecret(token);
  const after = await registry.setCredentials(before.id, type, digest, expected);
  const details = { type };
  audit.changed(caller, trace, {
    action: 'SET_CREDENTIALS',
    entity: 'device',
    entityId: after.id,
    before,
    after,
    details,
  });
  return row(token === undefined ? { x509: digest } : { token }, after);
}
