import { Readable } from 'node:stream';
import type { AdminContext } from '../admin-context.js';
import { tenantOf } from '../auth/caller.js';
import { streamed } from '../http/answer.js';
import { operation, type AnyOperation } from '../http/operation.js';
import { StreamedBody } from '../http/streamed-body.js';
import { CSV_RESULT } from '../schemas/csv-import.js';
import { IMPORT_RESULT, TENANT_FILE } from '../schemas/tenant-file.js';
import { anything, byName } from '../schemas/schema.js';
import { DeviceImport } from '../transfer/device-import.js';
import { FileImport } from '../transfer/file-import.js';
import { TenantExport } from '../transfer/tenant-export.js';

const TRANSFER = { tag: 'Import and export', roles: ['TENANT_ADMIN'] } as const;

/** Files: devices as CSV, plugins and rules of ThingsBoard, everything that a tenant has. */
export function transferRoutes(context: AdminContext): readonly AnyOperation[] {
  const { limits, audit } = context;
  return [
    operation({
      ...TRANSFER,
      method: 'POST',
      path: '/devices/import',
      id: 'importDevices',
      summary: 'Make devices from a CSV file',
      description:
        'Header `name,type,customer,token` in any order, `name` alone is needed; customers by title, made when they ' +
        'are missing. All valid lines are taken. Without `token` a device has no credentials yet.',
      streamedBody: { mediaType: 'text/csv', maxBytes: limits.maxCsvBytes },
      answer: { status: 200, description: 'What became of the lines.', schema: CSV_RESULT },
      handle: async ({ caller, trace, body }) => {
        const result = await DeviceImport.run(context, tenantOf(caller), fileOf(body));
        const details = { created: result.created, failed: result.failedCount };
        audit.changed(caller, trace, { action: 'IMPORT', entity: 'device', details });
        return result;
      },
    }),
    operation({
      ...TRANSFER,
      method: 'POST',
      path: '/import',
      id: 'importFile',
      summary: 'Take a plugin or rule file of ThingsBoard 1.x, or the export of a tenant',
      description: 'A plugin file makes no rule: the rule has a file of its own. Rows of an export keep their ids.',
      streamedBody: { mediaType: 'application/json', maxBytes: limits.maxImportBytes, schema: byName(anything()) },
      answer: { status: 200, description: 'What was made, and what could not be mapped.', schema: IMPORT_RESULT },
      refusals: [409],
      handle: async ({ caller, trace, body }) => {
        const tenantId = tenantOf(caller);
        const result = await FileImport.run(context, tenantId, fileOf(body));
        const details = result.counts;
        audit.changed(caller, trace, { action: 'IMPORT', entity: 'tenant', entityId: tenantId, details });
        return result;
      },
    }),
    operation({
      ...TRANSFER,
      method: 'GET',
      path: '/export',
      id: 'exportTenant',
      summary: 'Everything that your tenant has',
      description: 'Of tokens and certificates it has the digests, of users no passwords. `POST /api/import` takes it.',
      answer: { status: 200, description: 'A file that can be imported elsewhere.', schema: TENANT_FILE },
      handle: ({ caller, trace }) => {
        audit.changed(caller, trace, { action: 'EXPORT', entity: 'tenant', entityId: tenantOf(caller) });
        const file = Readable.from(new TenantExport(context, tenantOf(caller)).write());
        const disposition = { 'content-disposition': 'attachment; filename="tenant.json"' };
        return streamed(file, 'application/json; charset=utf-8', disposition);
      },
    }),
  ];
}

/** A request without a body has an empty file. */
function fileOf(body: unknown): AsyncIterable<Uint8Array> {
  return body instanceof StreamedBody ? body : Readable.from([]);
}
