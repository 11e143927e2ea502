import type { RuleDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import type { Caller } from '../auth/caller.js';
import { tenantOf } from '../auth/caller.js';
import { created, noContent, row, type Answer } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AdminRequest, type AnyOperation } from '../http/operation.js';
import { ownRow } from '../http/own-row.js';
import { pageOfAll, readPage } from '../http/page.js';
import { assertRule } from '../plugins/rule-checks.js';
import { ID_PATH, PAGE_QUERY, pageOf } from '../schemas/paging.js';
import { RULE, RULE_WRITE, ruleView } from '../schemas/rule.js';
import type { ValueOf } from '../schemas/schema.js';
import { STATES } from './plugin-routes.js';

const RULES = { tag: 'Rules', roles: ['TENANT_ADMIN'] } as const;
const ONE = { ...RULES, path: '/rules/:id', params: ID_PATH } as const;
const SHOWN = { status: 200, description: 'The rule.', schema: RULE } as const;

/** Rules of a tenant, in the shape of ThingsBoard's export files. */
export function ruleRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreate(context), ...oneRule(context), ...states(context)];
}

function listAndCreate({ registry, host, audit }: AdminContext): readonly AnyOperation[] {
  return [
    operation({
      ...RULES,
      method: 'GET',
      path: '/rules',
      id: 'listRules',
      summary: 'Rules, oldest first',
      query: PAGE_QUERY,
      answer: { status: 200, description: 'A page of rules.', schema: pageOf(RULE) },
      handle: ({ caller, query }) =>
        readPage(
          query,
          async (page) => pageOfAll(await registry.listRules(tenantOf(caller)), page),
          async (id) => (await registry.findRule(id))?.tenantId === caller.tenantId,
          ruleView,
        ),
    }),
    operation({
      ...RULES,
      method: 'POST',
      path: '/rules',
      id: 'createRule',
      summary: 'Make a rule',
      body: RULE_WRITE,
      answer: { status: 201, description: 'The rule.', schema: RULE },
      handle: async ({ caller, trace, body }) => {
        const rule = { tenantId: tenantOf(caller), ...ruleOf(body) };
        await assertRule(host, registry, rule);
        const after = await registry.createRule(rule);
        audit.changed(caller, trace, { action: 'CREATE', entity: 'rule', entityId: after.id, after });
        return created(ruleView(after), after, `/api/rules/${after.id}`);
      },
    }),
  ];
}

function oneRule(context: AdminContext): readonly AnyOperation[] {
  const { registry, host, audit } = context;
  return [
    operation({
      ...ONE,
      method: 'GET',
      id: 'getRule',
      summary: 'A rule',
      answer: SHOWN,
      handle: async ({ caller, params }) => {
        const rule = await find(context, caller, params.id);
        return row(ruleView(rule), rule);
      },
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updateRule',
      summary: 'Replace a rule',
      body: RULE_WRITE,
      answer: SHOWN,
      refusals: [412],
      handle: async (request) => {
        const before = await find(context, request.caller, request.params.id);
        const change = ruleOf(request.body);
        await assertRule(host, registry, { ...change, tenantId: before.tenantId });
        return changeRule(context, before, change, request);
      },
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deleteRule',
      summary: 'Delete a rule',
      answer: { status: 204, description: 'Deleted.' },
      refusals: [412],
      handle: async ({ caller, trace, params, ifMatch }) => {
        const before = await find(context, caller, params.id);
        await registry.deleteRule(before.id, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'DELETE', entity: 'rule', entityId: before.id, before });
        return noContent();
      },
    }),
  ];
}

function states(context: AdminContext): readonly AnyOperation[] {
  return (['activate', 'suspend'] as const).map((verb) =>
    operation({
      ...ONE,
      method: 'POST',
      path: `/rules/:id/${verb}`,
      id: `${verb}Rule`,
      summary: verb === 'activate' ? 'Let a rule apply' : 'Keep a rule from applying',
      answer: SHOWN,
      refusals: [412],
      handle: async (request) => {
        const rule = await find(context, request.caller, request.params.id);
        return changeRule(context, rule, { state: STATES[verb] }, request);
      },
    }),
  );
}

function find({ registry }: AdminContext, caller: Caller, id: string): Promise<RuleDefinition> {
  return ownRow(caller, 'rule', registry.findRule(id.toLowerCase()));
}

async function changeRule(
  { registry, audit }: AdminContext,
  before: RuleDefinition,
  change: Partial<ReturnType<typeof ruleOf>>,
  { caller, trace, ifMatch }: Pick<AdminRequest, 'caller' | 'trace' | 'ifMatch'>,
): Promise<Answer> {
  const after = await registry.updateRule(before.id, change, expectation(ifMatch, before));
  audit.changed(caller, trace, { action: 'UPDATE', entity: 'rule', entityId: after.id, before, after });
  return row(ruleView(after), after);
}

function ruleOf({ name, state = 'ACTIVE', weight = 0, pluginToken, filters, processor, action }: RuleBody) {
  return { name, state, weight, pluginToken, filters, processor: processor ?? undefined, action };
}

type RuleBody = ValueOf<typeof RULE_WRITE>;
