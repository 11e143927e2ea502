export { createHost, type Host } from './host.js';
export type { HostOptions } from './host-options.js';
export { DEFAULT_HOST_LIMITS, type HostLimits } from './host-limits.js';
export type { PluginRegistration } from './plugins/plugin-catalog.js';
export { InMemoryRegistry } from './registry/in-memory-registry.js';
export { LocalClusterBus } from './cluster/local-cluster-bus.js';
export { LocalNetwork } from './cluster/local-network.js';
export { SystemTimers } from './timers/system-timers.js';
