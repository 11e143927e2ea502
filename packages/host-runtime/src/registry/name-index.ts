/** Rows by name within their tenant. Names need not be unique; one that several rows have finds none of them. */
export class NameIndex<Row extends object> {
  private readonly tenants = new Map<string, Map<string, Row | Set<Row>>>();

  add(tenantId: string, name: string, row: Row): void {
    let names = this.tenants.get(tenantId);
    if (names === undefined) this.tenants.set(tenantId, (names = new Map<string, Row | Set<Row>>()));
    const known = names.get(name);
    if (known === undefined) names.set(name, row);
    else if (known instanceof Set) known.add(row);
    else names.set(name, new Set([known, row]));
  }

  remove(tenantId: string, name: string, row: Row): void {
    const names = this.tenants.get(tenantId);
    const known = names?.get(name);
    if (names === undefined || known === undefined) return;
    if (known instanceof Set) {
      known.delete(row);
      const [first] = known;
      if (known.size === 1 && first !== undefined) names.set(name, first);
    } else names.delete(name);
    if (names.size === 0) this.tenants.delete(tenantId);
  }

  find(tenantId: string, name: string): Row | undefined {
    const known = this.tenants.get(tenantId)?.get(name);
    return known instanceof Set ? undefined : known;
  }
}
