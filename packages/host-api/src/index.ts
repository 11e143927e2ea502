export type {
  AnswerKind,
  Delivery,
  DeviceSession,
  OutgoingRpc,
  PublishOutcome,
  RequestOptions,
  RequestRef,
  SessionCloseReason,
  SessionFacts,
  SessionSink,
  Transport,
  TransportHost,
} from './transport.js';
export {
  certificateCredentials,
  type CertificateCredentials,
  type CredentialsType,
  type DeviceCredentials,
  type TokenCredentials,
} from './credentials.js';
export { Timers, type CancelTimer } from './timers.js';
export { ClusterBus, type BusMessage, type Unsubscribe } from './cluster-bus.js';
export type {
  ComponentDefinition,
  ComponentState,
  CredentialsRow,
  Customer,
  CustomerSettings,
  DeviceRow,
  PluginDefinition,
  RuleDefinition,
  Settings,
  Tenant,
  Versioned,
} from './registry/rows.js';
export { OverQuotaError } from './over-quota-error.js';
export { UnavailableError } from './unavailable-error.js';
export { UNLIMITED, type QuotaSubject, type Quotas } from './registry/quotas.js';
export { DeviceRegistry } from './registry/device-registry.js';
export type { RegistryChange } from './registry/registry-change.js';
export {
  RegistryAdmin,
  RegistryError,
  type Change,
  type DeviceFilter,
  type EnabledPlugin,
  type Enablement,
  type Expectation,
  type New,
  type NewPlugin,
  type Page,
  type QuotasExpectation,
  type RegistryErrorCode,
} from './registry/registry-admin.js';
export {
  asId,
  creationTime,
  filledText,
  frozenSettings,
  isDigest,
  isStorable,
  newId,
  sha256Digest,
  storableText,
} from './registry/row-checks.js';
export {
  alreadyExists,
  credentialsTaken,
  idTaken,
  inUse,
  invalid,
  lastAdministrator,
  notFound,
  overQuota,
  pluginTokenTaken,
} from './registry/registry-refusals.js';
export { expectVersion, nextVersion, touchedRow } from './registry/row-version.js';
export { expectQuotas, quotasRow } from './registry/quotas-row.js';
export { customerSettingsRow } from './registry/customer-settings-row.js';
export { ruleRow } from './registry/rule-row.js';
export type { User, UserRole } from './accounts/user.js';
export { AccountStore, type Login, type Renewal, type SigningKey, type UserSecret } from './accounts/account-store.js';
export {
  EventStore,
  type EventQuery,
  type EventRetention,
  type EventRow,
  type EventType,
} from './events/event-store.js';
export {
  ConfigurationError,
  configurationSchema,
  readConfiguration,
  type ConfigurationProblem,
  type JsonSchema,
} from './configuration.js';
export {
  HostControl,
  type DeclaredRule,
  type PluginFailure,
  type PluginType,
  type TenantCall,
} from './host-control.js';
export type { CustomerUsage, HostStatistics, LatencyHistogram } from './host-statistics.js';
export type { AnsweredRequest, RpcOutcome } from './observation/answered-request.js';
export type { ComponentFailure, HostObserver, PluginEvent, PluginEventKind } from './observation/host-observer.js';
export { readPluginExport, readRuleExport } from './thingsboard-export.js';
export { Roster, type RosterMember } from './roster.js';
export { TurnQueue, type TurnTaker } from './turn-queue.js';
export { MAX_TIMER_MS, completeLimits, type LimitRanges } from './limits.js';
