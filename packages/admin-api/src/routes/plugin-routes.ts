import type { ComponentState, PluginDefinition } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import type { Caller } from '../auth/caller.js';
import { tenantOf } from '../auth/caller.js';
import { created, noContent, row, type Answer } from '../http/answer.js';
import { expectation } from '../http/etag.js';
import { operation, type AdminRequest, type AnyOperation } from '../http/operation.js';
import { ownRow } from '../http/own-row.js';
import { pageOfAll, readPage } from '../http/page.js';
import { createPlugin } from '../plugins/create-plugin.js';
import { pluginTypeView, pluginView } from '../plugins/plugin-view.js';
import { updatePlugin } from '../plugins/update-plugin.js';
import { ID_PATH, PAGE_QUERY, pageOf } from '../schemas/paging.js';
import type { ValueOf } from '../schemas/schema.js';
import { NEW_PLUGIN, PLUGIN, PLUGIN_CHANGE, PLUGIN_TYPES } from '../schemas/plugin.js';

const PLUGINS = { tag: 'Plugins', roles: ['TENANT_ADMIN'] } as const;
const ONE = { ...PLUGINS, path: '/plugins/:id', params: ID_PATH } as const;
const SHOWN = { status: 200, description: 'The plugin.', schema: PLUGIN } as const;

/** Plugin types of the host, and a tenant's plugins. */
export function pluginRoutes(context: AdminContext): readonly AnyOperation[] {
  return [...listAndCreate(context), ...onePlugin(context), ...states(context)];
}

function listAndCreate(context: AdminContext): readonly AnyOperation[] {
  const { registry, host } = context;
  return [
    operation({
      ...PLUGINS,
      roles: ['SYS_ADMIN', 'TENANT_ADMIN'],
      method: 'GET',
      path: '/plugin-types',
      id: 'listPluginTypes',
      summary: 'What kinds of plugins there are',
      answer: { status: 200, description: 'The plugin types that the host has registered.', schema: PLUGIN_TYPES },
      handle: () => ({ items: host.pluginTypes().map(pluginTypeView) }),
    }),
    operation({
      ...PLUGINS,
      method: 'GET',
      path: '/plugins',
      id: 'listPlugins',
      summary: 'Plugins, oldest first',
      query: PAGE_QUERY,
      answer: { status: 200, description: 'A page of plugins.', schema: pageOf(PLUGIN) },
      handle: ({ caller, query }) =>
        readPage(
          query,
          async (page) => pageOfAll(await registry.listPlugins(tenantOf(caller)), page),
          async (id) => (await registry.findPlugin(id))?.tenantId === caller.tenantId,
          (plugin) => pluginView(host, plugin),
        ),
    }),
    operation({
      ...PLUGINS,
      method: 'POST',
      path: '/plugins',
      id: 'createPlugin',
      summary: 'Enable a plugin',
      description: 'ACTIVE unless said otherwise, with the rule that its type declares unless `rule` is false.',
      body: NEW_PLUGIN,
      answer: { status: 201, description: 'The plugin.', schema: PLUGIN },
      refusals: [409],
      handle: (request) => create(context, request),
    }),
  ];
}

function onePlugin(context: AdminContext): readonly AnyOperation[] {
  const { registry, audit } = context;
  const find = findPlugin(context);
  return [
    operation({
      ...ONE,
      method: 'GET',
      id: 'getPlugin',
      summary: 'A plugin',
      answer: SHOWN,
      handle: async ({ caller, params }) => show(context, await find(caller, params.id)),
    }),
    operation({
      ...ONE,
      method: 'PUT',
      id: 'updatePlugin',
      summary: 'Change a plugin',
      description:
        'Members that are absent stay. Running instances are reconfigured; calls under way keep what they began with. ' +
        'A configuration that does not fit the override of a customer is refused.',
      body: PLUGIN_CHANGE,
      answer: SHOWN,
      refusals: [412],
      handle: async (request) =>
        show(context, await updatePlugin(context, await find(request.caller, request.params.id), request)),
    }),
    operation({
      ...ONE,
      method: 'DELETE',
      id: 'deletePlugin',
      summary: 'Delete a plugin',
      description: '409 while a rule names it.',
      answer: { status: 204, description: 'Deleted.' },
      refusals: [409, 412],
      handle: async ({ caller, trace, params, ifMatch }) => {
        const before = await find(caller, params.id);
        await registry.deletePlugin(before.id, expectation(ifMatch, before));
        audit.changed(caller, trace, { action: 'DELETE', entity: 'plugin', entityId: before.id, before });
        return noContent();
      },
    }),
  ];
}

function states(context: AdminContext): readonly AnyOperation[] {
  const find = findPlugin(context);
  return (['activate', 'suspend'] as const).map((verb) =>
    operation({
      ...ONE,
      method: 'POST',
      path: `/plugins/:id/${verb}`,
      id: `${verb}Plugin`,
      summary: verb === 'activate' ? 'Let a plugin work' : 'Keep a plugin from working',
      answer: SHOWN,
      refusals: [412],
      handle: async (request) => {
        const plugin = await find(request.caller, request.params.id);
        return show(context, await updatePlugin(context, plugin, asked(request, STATES[verb])));
      },
    }),
  );
}

async function create(
  context: AdminContext,
  { caller, trace, body }: AdminRequest<unknown, unknown, ValueOf<typeof NEW_PLUGIN>>,
): Promise<Answer> {
  const { type, name, token, configuration = {}, state = 'ACTIVE', audit: depth = 'none', rule = true } = body;
  const wanted = { tenantId: tenantOf(caller), clazz: type, name, apiToken: token, configuration, state, audit: depth };
  const made = await createPlugin(context, wanted, rule);
  const { plugin: after } = made;
  context.audit.changed(caller, trace, { action: 'CREATE', entity: 'plugin', entityId: after.id, after });
  if (made.rule !== undefined) {
    const { id: entityId } = made.rule;
    context.audit.changed(caller, trace, { action: 'CREATE', entity: 'rule', entityId, after: made.rule });
  }
  return created(await pluginView(context.host, after), after, `/api/plugins/${after.id}`);
}

async function show({ host }: AdminContext, plugin: PluginDefinition): Promise<Answer> {
  return row(await pluginView(host, plugin), plugin);
}

export const STATES: Readonly<Record<'activate' | 'suspend', ComponentState>> = {
  activate: 'ACTIVE',
  suspend: 'SUSPENDED',
};

/** Finds plugins of the caller's tenant. */
export function findPlugin({ registry }: AdminContext): (caller: Caller, id: string) => Promise<PluginDefinition> {
  return (caller, id) => ownRow(caller, 'plugin', registry.findPlugin(id.toLowerCase()));
}

function asked(request: AdminRequest, state: ComponentState) {
  return { ...request, body: { state } };
}
