export { settle } from './time/settle.js';
export { VirtualTimers } from './time/virtual-timers.js';
export {
  applicableRules,
  findBrokenRules,
  runRule,
  type BrokenRule,
  type ContractRule,
  type SubjectSource,
} from './contract/contract-rule.js';
export { describeContract } from './contract/describe-contract.js';
export { REGISTRY_RULES, describeRegistryContract } from './registry-contract/registry-contract.js';
export {
  digestOf,
  newCustomer,
  newDevice,
  newPlugin,
  newRule,
  tenantWithCustomer,
  type Registry,
} from './registry-contract/registry-rows.js';
export { DEFAULT_PATIENCE_MS, eventually, within } from './contract/waiting.js';
export { CLUSTER_BUS_RULES, type BusCluster } from './cluster-bus-contract/bus-rules.js';
export { describeClusterBusContract } from './cluster-bus-contract/cluster-bus-contract.js';
export { TIMERS_RULES, describeTimersContract, type TimersSubject } from './timers-contract/timers-contract.js';
export { InMemoryTransport, UnknownTokenError, type FakeDeviceOptions } from './transport/in-memory-transport.js';
export { FakeDevice, type Confirmation, type FakeDeviceEnd } from './transport/fake-device.js';
export { FakeHost, FakeSession, type FakeRequest } from './transport/fake-host.js';
export { FakeCall } from './transport/fake-call.js';
export { callHandlers, type CallHandler } from './transport/call-handlers.js';
export {
  TRANSPORT_RULES,
  describeTransportContract,
  transportWorlds,
} from './transport-contract/transport-contract.js';
export type { TransportContractOptions } from './transport-contract/transport-contract.js';
export { callOf } from './transport-contract/transport-harness.js';
export type {
  ClientOptions,
  ContractHost,
  ContractHostOptions,
  HostParts,
  ReceivedCall,
  TransportClient,
  TransportHarness,
  TransportLack,
} from './transport-contract/transport-harness.js';
export {
  Contact,
  TransportWorld,
  tokenOf,
  type CallOptions,
  type DeviceName,
} from './transport-contract/transport-world.js';
export { PostgresServer } from './postgres/postgres-server.js';
export { TestCertificate, type TestCertificateOptions } from './certificates/test-certificate.js';
export { inMemoryHarness } from './transport-contract/in-memory-harness.js';
export { PLUGIN_RULES, type PluginSubject } from './plugin-contract/plugin-rules.js';
export { describePluginContract, type PluginContractOptions } from './plugin-contract/plugin-contract.js';
export { makePlugin, type TestPorts } from './plugin/plugin-instance.js';
export { RecordingLogger, type LogLine } from './plugin/recording-logger.js';
export { FakeDeviceDirectory } from './plugin/fake-device-directory.js';
export { FakeDeviceRpc, type RecordedRequest } from './plugin/fake-device-rpc.js';
export { withFaults, type BrokenPart } from './contract/broken-part.js';
export { BROKEN_REGISTRIES } from './broken/broken-registries.js';
export { BROKEN_CLUSTER_BUSES } from './broken/broken-cluster-buses.js';
export { BROKEN_TIMERS } from './broken/broken-timers.js';
export { BROKEN_TRANSPORTS } from './broken/broken-transports.js';
export { BROKEN_PLUGINS } from './broken/broken-plugins.js';
export { mutate } from './mutation/mutate.js';
export { randomNumbers, type RandomNumbers } from './mutation/random-numbers.js';
