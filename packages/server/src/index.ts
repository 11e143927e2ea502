export { run } from './cli.js';
export { startServer, type RunningServer, type StartOptions } from './server.js';
export type { BoundAddress } from './listeners/bound-address.js';
export { LOG_LEVELS, ServerSettings, type LogLevel } from './settings/server-settings.js';
export { readSettings, type SettingsSources } from './settings/read-settings.js';
export { StartError } from './start-error.js';
