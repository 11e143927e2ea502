import type { DeviceFilter, DeviceRow, RegistryAdmin } from '@device-messaging/host-api';
import type { AdminHost } from '../admin-api-options.js';
import { cursorIsGone } from '../http/page.js';
import { DEFAULT_PAGE, type PageOf } from '../schemas/paging.js';
import { deviceView, type DEVICE, type DEVICE_QUERY } from '../schemas/device.js';
import type { ValueOf } from '../schemas/schema.js';

/** Rows that one request looks at, when it asks for those that are online: a page may be short, its cursor goes on. */
const MAX_LOOKED_AT = 10_000;
const STEP = 1_000;

type DeviceView = ValueOf<typeof DEVICE>;

/** Devices of a tenant as requests ask for them. Who is online is known by the host alone, so it filters afterwards. */
export class DeviceList {
  constructor(
    private readonly registry: Pick<RegistryAdmin, 'listDeviceRows' | 'findDeviceRow'>,
    private readonly host: Pick<AdminHost, 'isOnline'>,
  ) {}

  /** @param onlyOf the customer whose devices the caller may see; `undefined`: all */
  async page(
    tenantId: string,
    { limit = DEFAULT_PAGE, online, ...query }: ValueOf<typeof DEVICE_QUERY>,
    onlyOf: string | undefined,
  ): Promise<PageOf<DeviceView>> {
    const customerId = query.customerId?.toLowerCase() ?? onlyOf;
    if (onlyOf !== undefined && customerId !== onlyOf) return { items: [] };
    const filter = { customerId, name: query.name, type: query.type };
    const after = query.after?.toLowerCase();
    if (after !== undefined && !(await this.isInList(tenantId, after, filter))) throw cursorIsGone();
    if (online === undefined) return this.plainPage(tenantId, { ...filter, limit, after });
    return this.filteredPage(tenantId, { ...filter, limit, after }, online);
  }

  private async plainPage(tenantId: string, filter: DeviceFilter): Promise<PageOf<DeviceView>> {
    const { limit } = filter;
    const rows = await this.registry.listDeviceRows(tenantId, { ...filter, limit: limit + 1 });
    const items = rows.slice(0, limit).map((row) => this.view(row));
    const last = items.at(-1);
    return rows.length > limit && last !== undefined ? { items, next: last.id } : { items };
  }

  private async filteredPage(tenantId: string, filter: DeviceFilter, online: boolean): Promise<PageOf<DeviceView>> {
    const items: DeviceView[] = [];
    let after = filter.after;
    for (let looked = 0; looked < MAX_LOOKED_AT; looked += STEP) {
      const rows = await this.registry.listDeviceRows(tenantId, { ...filter, after, limit: STEP });
      for (const row of rows) {
        after = row.id;
        if (this.host.isOnline(row.id) !== online) continue;
        items.push(deviceView(row, online));
        if (items.length >= filter.limit) return { items, next: row.id };
      }
      if (rows.length < STEP) return { items };
    }
    return after === undefined ? { items } : { items, next: after };
  }

  /** A cursor that left the list would look like its end. */
  private async isInList(
    tenantId: string,
    id: string,
    { customerId, name, type }: Pick<DeviceFilter, 'customerId' | 'name' | 'type'>,
  ): Promise<boolean> {
    const row = await this.registry.findDeviceRow(id);
    return (
      row !== undefined &&
      row.tenantId === tenantId &&
      (customerId === undefined || row.customerId === customerId) &&
      (name === undefined || row.name === name) &&
      (type === undefined || row.type === type)
    );
  }

  private view(row: DeviceRow): DeviceView {
    return deviceView(row, this.host.isOnline(row.id));
  }
}
