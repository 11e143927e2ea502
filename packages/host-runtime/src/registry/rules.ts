import {
  creationTime,
  expectVersion,
  newId,
  nextVersion,
  ruleRow,
  type Expectation,
  type New,
  type RuleDefinition,
  type Versioned,
} from '@device-messaging/host-api';
import type { Clock } from '@device-messaging/plugin-api';
import { AgedRows } from './aged-rows.js';
import type { ChangeFeed } from './change-feed.js';
import type { Tenants } from './tenants.js';

/** The rules of all tenants. */
export class Rules {
  private readonly rows = new AgedRows<RuleDefinition>('rule', ({ tenantId }) => tenantId);

  constructor(
    private readonly tenants: Tenants,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  find(ruleId: string): RuleDefinition | undefined {
    return this.rows.find(ruleId);
  }

  ofTenant(tenantId: string): readonly RuleDefinition[] {
    return this.rows.ofOwner(tenantId);
  }

  create(rule: New<RuleDefinition>): RuleDefinition {
    const id = newId(rule.id, 'rule');
    const tenantId = this.tenants.get(rule.tenantId).id;
    const createdAt = creationTime(rule.createdAt, this.clock.now());
    const row = ruleRow({ ...rule, id, tenantId, version: 1, createdAt });
    this.rows.add(row);
    this.feed.announce({ kind: 'rules', tenantId });
    return row;
  }

  update(
    ruleId: string,
    change: Partial<Omit<RuleDefinition, 'id' | 'tenantId' | keyof Versioned>>,
    expected: Expectation | undefined,
  ): RuleDefinition {
    const old = this.rows.get(ruleId);
    expectVersion('rule', old, expected);
    const { id, tenantId, version, createdAt } = old;
    const row = nextVersion(old, ruleRow({ ...old, ...change, id, tenantId, version, createdAt }));
    if (row === old) return old;
    this.rows.replace(row);
    this.feed.announce({ kind: 'rules', tenantId });
    return row;
  }

  delete(ruleId: string, expected: Expectation | undefined): void {
    const rule = this.rows.get(ruleId);
    expectVersion('rule', rule, expected);
    this.rows.remove(rule.id);
    this.feed.announce({ kind: 'rules', tenantId: rule.tenantId });
  }

  removeTenant(tenantId: string): void {
    this.rows.removeOwner(tenantId);
  }
}
