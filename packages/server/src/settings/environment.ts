/** A setting that an environment variable names. */
export interface EnvironmentSetting {
  /** Names as in ThingsBoard 1.x, where it has the setting. */
  readonly variable: string;
  /** Path of the member in `ServerSettings`. */
  readonly path: string;
  readonly value: string | number | readonly string[];
}

/** Path of the member that each environment variable sets. */
export const ENVIRONMENT: Readonly<
  Record<string, { readonly path: string; readonly type: 'text' | 'number' | 'list' }>
> = {
  MQTT_BIND_ADDRESS: { path: 'mqtt.bindAddress', type: 'text' },
  MQTT_BIND_PORT: { path: 'mqtt.bindPort', type: 'number' },
  MQTTS_BIND_PORT: { path: 'mqtt.tlsBindPort', type: 'number' },
  HTTP_BIND_ADDRESS: { path: 'http.bindAddress', type: 'text' },
  HTTP_BIND_PORT: { path: 'http.bindPort', type: 'number' },
  HTTPS_BIND_PORT: { path: 'http.tlsBindPort', type: 'number' },
  HTTP_TRUST_PROXY: { path: 'http.trustProxy', type: 'list' },
  COAP_BIND_ADDRESS: { path: 'coap.bindAddress', type: 'text' },
  COAP_BIND_PORT: { path: 'coap.bindPort', type: 'number' },
  TLS_CERT_FILE: { path: 'tls.certFile', type: 'text' },
  TLS_KEY_FILE: { path: 'tls.keyFile', type: 'text' },
  TLS_CLIENT_CA_FILE: { path: 'tls.clientCaFile', type: 'text' },
  TLS_CLIENT_CA_TENANT_ID: { path: 'tls.clientCaTenantId', type: 'text' },
  DATABASE_URL: { path: 'databaseUrl', type: 'text' },
  DATA_DIR: { path: 'dataDir', type: 'text' },
  METRICS_BIND_ADDRESS: { path: 'metrics.bindAddress', type: 'text' },
  METRICS_BIND_PORT: { path: 'metrics.bindPort', type: 'number' },
  EVENT_RETENTION_DAYS: { path: 'retention.eventDays', type: 'number' },
  CACHE_MAX_BYTES: { path: 'cache.maxBytes', type: 'number' },
  LOG_LEVEL: { path: 'logLevel', type: 'text' },
};

/** What the environment sets. A variable that is empty sets nothing: that is how composed environments unset one. */
export function readEnvironment(environment: NodeJS.ProcessEnv): readonly EnvironmentSetting[] {
  return Object.entries(ENVIRONMENT).flatMap(([variable, { path, type }]) => {
    const text = environment[variable];
    if (text === undefined || text === '') return [];
    return [{ variable, path, value: READERS[type](text) }];
  });
}

const READERS = {
  text: (text: string) => text,
  number: numberOf,
  /** Separated by commas. */
  list: (text: string) => text.split(',').map((part) => part.trim()),
} as const;

/** What is no number stays the text that it is, so that the refusal can quote it. */
function numberOf(text: string): string | number {
  return /^-?\d+$/.test(text) ? Number(text) : text;
}
