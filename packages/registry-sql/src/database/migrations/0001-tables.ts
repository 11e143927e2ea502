import { sql, type ColumnDefinitionBuilder, type CreateTableBuilder } from 'kysely';
import type { Migration } from '../migration.js';
import type { Writes } from '../schema.js';
import type { SqlDialect } from '../sql-engine.js';

type Table = CreateTableBuilder<string, string>;

/** SQLite's autoincrement never gives a number twice, which its bare row ids do. */
function sequence(dialect: SqlDialect): (table: Table) => Table {
  if (dialect === 'postgres') return (table) => table.addColumn('seq', 'bigserial', (column) => column.primaryKey());
  return (table) => table.addColumn('seq', 'integer', (column) => column.primaryKey().autoIncrement());
}

const required = (column: ColumnDefinitionBuilder) => column.notNull();

function rowColumns(table: Table): Table {
  return table
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('version', 'bigint', required)
    .addColumn('created_at', 'bigint', required);
}

function ownedBy(owner: string, target: string) {
  return (table: Table): Table =>
    table.addColumn(owner, 'text', (column) => column.notNull().references(target).onDelete('cascade'));
}

async function createOwners(tx: Writes, dialect: SqlDialect): Promise<void> {
  const row = (name: string) => tx.schema.createTable(name).$call(sequence(dialect)).$call(rowColumns);
  await row('tenants').addColumn('title', 'text', required).execute();
  await tx.schema.createIndex('tenants_by_age').on('tenants').columns(['created_at', 'seq']).execute();
  await row('customers').$call(ownedBy('tenant_id', 'tenants.id')).addColumn('title', 'text', required).execute();
  await tx.schema.createIndex('customers_by_age').on('customers').columns(['tenant_id', 'created_at', 'seq']).execute();
  await tx.schema
    .createTable('quotas')
    .addColumn('kind', 'text', required)
    .addColumn('subject_id', 'text', required)
    .$call(ownedBy('tenant_id', 'tenants.id'))
    .addColumn('quotas', 'text', required)
    .addPrimaryKeyConstraint('quotas_by_subject', ['kind', 'subject_id'])
    .execute();
  await tx.schema.createIndex('quotas_by_tenant').on('quotas').columns(['tenant_id']).execute();
}

async function createDevices(tx: Writes, dialect: SqlDialect): Promise<void> {
  await tx.schema
    .createTable('devices')
    .$call(sequence(dialect))
    .$call(rowColumns)
    .$call(ownedBy('tenant_id', 'tenants.id'))
    .addColumn('customer_id', 'text', (column) => column.references('customers.id'))
    .addColumn('name', 'text', required)
    .addColumn('type', 'text', required)
    .execute();
  const index = (name: string) => tx.schema.createIndex(name).on('devices');
  await index('devices_of_tenant_by_age').columns(['tenant_id', 'created_at', 'seq']).execute();
  await index('devices_of_customer_by_age').columns(['customer_id', 'created_at', 'seq']).execute();
  await index('devices_by_name').columns(['tenant_id', 'name']).execute();
  await tx.schema
    .createTable('credentials')
    .addColumn('device_id', 'text', (column) => column.primaryKey().references('devices.id').onDelete('cascade'))
    .addColumn('type', 'text', required)
    .addColumn('digest', 'text', required)
    .addUniqueConstraint('credentials_by_digest', ['type', 'digest'])
    .execute();
}

async function createPlugins(tx: Writes, dialect: SqlDialect): Promise<void> {
  const row = (name: string) =>
    tx.schema
      .createTable(name)
      .$call(sequence(dialect))
      .$call(rowColumns)
      .$call(ownedBy('tenant_id', 'tenants.id'))
      .addColumn('name', 'text', required)
      .addColumn('state', 'text', required);
  await row('plugins')
    .addColumn('api_token', 'text', required)
    .addColumn('clazz', 'text', required)
    .addColumn('configuration', 'text', required)
    .addColumn('audit', 'text', required)
    .addColumn('enabled_by_default', 'integer', required)
    .addUniqueConstraint('plugins_by_token', ['tenant_id', 'api_token'])
    .execute();
  await row('rules')
    .addColumn('weight', 'double precision', required)
    .addColumn('plugin_token', 'text', required)
    .addColumn('components', 'text', required)
    .execute();
  await tx.schema.createIndex('rules_by_token').on('rules').columns(['tenant_id', 'plugin_token']).execute();
  await tx.schema
    .createTable('customer_settings')
    .$call(sequence(dialect))
    .$call(ownedBy('plugin_id', 'plugins.id'))
    .$call(ownedBy('customer_id', 'customers.id'))
    .addColumn('enabled', 'integer', required)
    .addColumn('configuration', 'text', required)
    .addUniqueConstraint('settings_by_plugin', ['plugin_id', 'customer_id'])
    .execute();
  await tx.schema.createIndex('settings_by_customer').on('customer_settings').columns(['customer_id']).execute();
}

async function createAccounts(tx: Writes, dialect: SqlDialect): Promise<void> {
  await tx.schema
    .createTable('users')
    .$call(sequence(dialect))
    .$call(rowColumns)
    .addColumn('username', 'text', required)
    .addColumn('username_key', 'text', (column) => column.notNull().unique())
    .addColumn('role', 'text', required)
    .addColumn('tenant_id', 'text', (column) => column.references('tenants.id').onDelete('cascade'))
    .addColumn('customer_id', 'text', (column) => column.references('customers.id').onDelete('cascade'))
    .addColumn('password_hash', 'text', required)
    .execute();
  await tx.schema.createIndex('users_by_age').on('users').columns(['tenant_id', 'created_at', 'seq']).execute();
  await tx.schema.createIndex('users_by_customer').on('users').columns(['customer_id']).execute();
  await tx.schema
    .createTable('logins')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .$call(ownedBy('user_id', 'users.id'))
    .addColumn('expires_at', 'bigint', required)
    .execute();
  await tx.schema.createIndex('logins_by_user').on('logins').columns(['user_id']).execute();
  await tx.schema.createIndex('logins_by_end').on('logins').columns(['expires_at']).execute();
  await tx.schema
    .createTable('refresh_tokens')
    .addColumn('digest', 'text', (column) => column.primaryKey())
    .$call(ownedBy('login_id', 'logins.id'))
    .addColumn('expires_at', 'bigint', required)
    .addColumn('used', 'integer', required)
    .execute();
  await tx.schema.createIndex('refresh_tokens_by_login').on('refresh_tokens').columns(['login_id']).execute();
  await tx.schema.createIndex('refresh_tokens_by_end').on('refresh_tokens').columns(['expires_at']).execute();
  await tx.schema
    .createTable('signing_keys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('secret', 'text', required)
    .addColumn('created_at', 'bigint', required)
    .execute();
}

async function createEventsAndChanges(tx: Writes, dialect: SqlDialect): Promise<void> {
  await tx.schema
    .createTable('events')
    .$call(sequence(dialect))
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('tenant_id', 'text', required)
    .addColumn('type', 'text', required)
    .addColumn('entity_id', 'text', required)
    .addColumn('at', 'bigint', required)
    .addColumn('body', 'text', required)
    .execute();
  const index = (name: string) => tx.schema.createIndex(name).on('events');
  await index('events_by_time').columns(['at']).execute();
  await index('events_of_tenant').columns(['tenant_id', 'at', 'seq']).execute();
  await index('events_by_type').columns(['tenant_id', 'type', 'at', 'seq']).execute();
  await index('events_by_entity').columns(['tenant_id', 'entity_id', 'at', 'seq']).execute();
  await tx.schema
    .createTable('changes')
    .addColumn('version', 'bigint', (column) => column.primaryKey())
    .addColumn('changes', 'text')
    .execute();
  await tx.schema.createTable('change_counter').addColumn('version', 'bigint', required).execute();
  await sql`insert into change_counter (version) values (0)`.execute(tx);
}

export const createTables: Migration = {
  version: 1,
  async up(tx, dialect) {
    await createOwners(tx, dialect);
    await createDevices(tx, dialect);
    await createPlugins(tx, dialect);
    await createAccounts(tx, dialect);
    await createEventsAndChanges(tx, dialect);
  },
};
