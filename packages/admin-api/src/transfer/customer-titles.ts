import type { Customer, RegistryAdmin } from '@device-messaging/host-api';

const PAGE = 1_000;

/** Customers of a tenant by their titles, while devices are imported. */
export class CustomerTitles {
  private readonly ids = new Map<string, string | 'several'>();

  private constructor(
    private readonly registry: Pick<RegistryAdmin, 'createCustomer'>,
    private readonly tenantId: string,
    private readonly onCreated: (customer: Customer) => void,
  ) {}

  static async read(
    registry: Pick<RegistryAdmin, 'createCustomer' | 'listCustomers'>,
    tenantId: string,
    onCreated: (customer: Customer) => void,
  ): Promise<CustomerTitles> {
    const titles = new CustomerTitles(registry, tenantId, onCreated);
    let after: string | undefined;
    do {
      const page: readonly Customer[] = await registry.listCustomers(tenantId, { limit: PAGE, after });
      for (const customer of page) titles.add(customer);
      after = page.length < PAGE ? undefined : page.at(-1)?.id;
    } while (after !== undefined);
    return titles;
  }

  /** The customer with this title, made when it is missing; `several`: nobody knows which one is meant. */
  async find(title: string): Promise<string | 'several'> {
    const known = this.ids.get(title);
    if (known !== undefined) return known;
    const customer = await this.registry.createCustomer({ tenantId: this.tenantId, title });
    this.onCreated(customer);
    this.add(customer);
    return customer.id;
  }

  private add({ id, title }: Customer): void {
    this.ids.set(title, this.ids.has(title) ? 'several' : id);
  }
}
