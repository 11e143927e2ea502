import {
  creationTime,
  expectVersion,
  filledText,
  newId,
  nextVersion,
  type Change,
  type Expectation,
  type New,
  type Page,
  type Tenant,
} from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { AgedRows } from './aged-rows.js';

/** Tenants belong to nobody. */
const NOBODY = '';

/** The tenants. A tenant’s title hangs on nothing, so that changes of it are not announced. */
export class Tenants {
  private readonly rows = new AgedRows<Tenant>('tenant', () => NOBODY);

  constructor(private readonly clock: Clock) {}

  find(tenantId: string): Tenant | undefined {
    return this.rows.find(tenantId);
  }

  /** @throws RegistryError NOT_FOUND */
  get(tenantId: string): Tenant {
    return this.rows.get(tenantId);
  }

  list(page: Page): readonly Tenant[] {
    return this.rows.page(NOBODY, page);
  }

  create({ id, title, createdAt }: New<Tenant>): Tenant {
    const tenant: Tenant = Object.freeze({
      id: newId(id, 'tenant'),
      title: filledText(title, "tenant's title"),
      version: 1,
      createdAt: creationTime(createdAt, this.clock.now()),
    });
    this.rows.add(tenant);
    return tenant;
  }

  update(tenantId: string, change: Change<Tenant, 'title'>, expected: Expectation | undefined): Tenant {
    const old = this.expect(tenantId, expected);
    const row = nextVersion(old, { title: filledText(change.title ?? old.title, "tenant's title") });
    this.rows.replace(row);
    return row;
  }

  /** The tenant, if it is as the caller expects. */
  expect(tenantId: string, expected: Expectation | undefined): Tenant {
    const tenant = this.rows.get(tenantId);
    expectVersion('tenant', tenant, expected);
    return tenant;
  }

  /** The tenant alone: what it has must be gone. */
  remove(tenantId: string): void {
    this.rows.remove(tenantId);
  }
}
