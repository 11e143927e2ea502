import {
  creationTime,
  expectVersion,
  filledText,
  newId,
  nextVersion,
  notFound,
  type Change,
  type Customer,
  type Expectation,
  type New,
  type Page,
} from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { AgedRows } from './aged-rows.js';
import type { Tenants } from './tenants.js';

/** The customers of all tenants. A customer’s title hangs on nothing, so that changes of it are not announced. */
export class Customers {
  private readonly rows = new AgedRows<Customer>('customer', ({ tenantId }) => tenantId);

  constructor(
    private readonly tenants: Tenants,
    private readonly clock: Clock,
  ) {}

  find(customerId: string): Customer | undefined {
    return this.rows.find(customerId);
  }

  /** @throws RegistryError NOT_FOUND */
  get(customerId: string): Customer {
    return this.rows.get(customerId);
  }

  ofTenant(tenantId: string): readonly Customer[] {
    return this.rows.ofOwner(tenantId);
  }

  list(tenantId: string, page: Page): readonly Customer[] {
    return this.rows.page(tenantId, page);
  }

  /** The id of one of the tenant's customers. Another tenant's is not found, so that nobody learns what exists elsewhere. */
  idWithin(tenantId: string, given: string): string;
  idWithin(tenantId: string, given: string | undefined): string | undefined;
  idWithin(tenantId: string, given: string | undefined): string | undefined {
    if (given === undefined) return undefined;
    const customer = this.rows.find(given);
    if (customer?.tenantId !== tenantId) throw notFound('customer', given, ` in the tenant ${tenantId}`);
    return customer.id;
  }

  create({ id, tenantId, title, createdAt }: New<Customer>): Customer {
    const customer: Customer = Object.freeze({
      id: newId(id, 'customer'),
      tenantId: this.tenants.get(tenantId).id,
      title: filledText(title, "customer's title"),
      version: 1,
      createdAt: creationTime(createdAt, this.clock.now()),
    });
    this.rows.add(customer);
    return customer;
  }

  update(customerId: string, change: Change<Customer, 'title'>, expected: Expectation | undefined): Customer {
    const old = this.expect(customerId, expected);
    const row = nextVersion(old, { title: filledText(change.title ?? old.title, "customer's title") });
    this.rows.replace(row);
    return row;
  }

  /** The customer, if it is as the caller expects. */
  expect(customerId: string, expected: Expectation | undefined): Customer {
    const customer = this.rows.get(customerId);
    expectVersion('customer', customer, expected);
    return customer;
  }

  /** The customer alone: its devices must be unassigned and what was set for it forgotten. */
  remove(customerId: string): void {
    this.rows.remove(customerId);
  }

  removeTenant(tenantId: string): void {
    this.rows.removeOwner(tenantId);
  }
}
