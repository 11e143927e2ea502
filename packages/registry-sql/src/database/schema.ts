import type { Generated, Kysely, Transaction } from 'kysely';

/** Set by the database when the row is inserted: the order of rows of one ms. */
interface Sequenced {
  readonly seq: Generated<number>;
}

/** What rows of administrators have: see `Versioned` of host-api. */
interface Row extends Sequenced {
  readonly id: string;
  readonly version: number;
  /** Epoch ms. */
  readonly created_at: number;
}

export interface TenantsTable extends Row {
  readonly title: string;
}

export interface CustomersTable extends Row {
  readonly tenant_id: string;
  readonly title: string;
}

export interface DevicesTable extends Row {
  readonly tenant_id: string;
  readonly customer_id: string | null;
  readonly name: string;
  readonly type: string;
}

export interface CredentialsTable {
  readonly device_id: string;
  readonly type: string;
  readonly digest: string;
}

export interface PluginsTable extends Row {
  readonly tenant_id: string;
  readonly name: string;
  readonly api_token: string;
  readonly clazz: string;
  readonly state: string;
  /** JSON. */
  readonly configuration: string;
  readonly audit: string;
  /** 0 or 1: neither SQLite nor its driver knows booleans. */
  readonly enabled_by_default: number;
}

export interface CustomerSettingsTable extends Sequenced {
  readonly plugin_id: string;
  readonly customer_id: string;
  readonly enabled: number;
  /** JSON. */
  readonly configuration: string;
}

export interface RulesTable extends Row {
  readonly tenant_id: string;
  readonly name: string;
  readonly state: string;
  readonly weight: number;
  readonly plugin_token: string;
  /** JSON: filters, processor and action. */
  readonly components: string;
}

export interface QuotasTable {
  readonly kind: string;
  readonly subject_id: string;
  readonly tenant_id: string;
  /** JSON. */
  readonly quotas: string;
}

export interface UsersTable extends Row {
  readonly username: string;
  /** The name in lower case: unique. */
  readonly username_key: string;
  readonly role: string;
  readonly tenant_id: string | null;
  readonly customer_id: string | null;
  readonly password_hash: string;
}

export interface LoginsTable {
  readonly id: string;
  readonly user_id: string;
  readonly expires_at: number;
}

export interface RefreshTokensTable {
  readonly digest: string;
  readonly login_id: string;
  readonly expires_at: number;
  /** 0 or 1. */
  readonly used: number;
}

export interface SigningKeysTable {
  readonly id: string;
  /** Base64url. */
  readonly secret: string;
  readonly created_at: number;
}

export interface EventsTable extends Sequenced {
  readonly id: string;
  /** Empty: the installation's. */
  readonly tenant_id: string;
  readonly type: string;
  /** Empty: about nothing in particular. */
  readonly entity_id: string;
  readonly at: number;
  /** JSON. */
  readonly body: string;
}

/** One row for each transaction that changed the registry, for nodes that may have missed the announcements. */
export interface ChangesTable {
  /** Rises by one with each transaction, in the order of their commits. */
  readonly version: number;
  /** JSON: the announced changes; null: more than are listed. */
  readonly changes: string | null;
}

/** The newest version of {@link ChangesTable}: one row, whose lock puts the transactions of all nodes in order. */
export interface ChangeCounterTable {
  readonly version: number;
}

export interface SchemaVersionsTable {
  readonly version: number;
  readonly applied_at: number;
}

/** All tables, of SQLite and PostgreSQL alike. */
export interface Schema {
  readonly tenants: TenantsTable;
  readonly customers: CustomersTable;
  readonly devices: DevicesTable;
  readonly credentials: CredentialsTable;
  readonly plugins: PluginsTable;
  readonly customer_settings: CustomerSettingsTable;
  readonly rules: RulesTable;
  readonly quotas: QuotasTable;
  readonly users: UsersTable;
  readonly logins: LoginsTable;
  readonly refresh_tokens: RefreshTokensTable;
  readonly signing_keys: SigningKeysTable;
  readonly events: EventsTable;
  readonly changes: ChangesTable;
  readonly change_counter: ChangeCounterTable;
  readonly schema_versions: SchemaVersionsTable;
}

/** For queries outside of transactions and inside. */
export type Reads = Kysely<Schema>;
export type Writes = Transaction<Schema>;
