import 'reflect-metadata';
import type { CacheLimits } from '@device-messaging/registry-sql';
import { AdminSettings } from './admin-settings.js';
import { CacheSettings } from './cache-settings.js';
import { CoapSettings } from './coap-settings.js';
import { HostSettings } from './host-settings.js';
import { HttpSettings } from './http-settings.js';
import { MetricsSettings } from './metrics-settings.js';
import { MqttSettings } from './mqtt-settings.js';
import { RetentionSettings } from './retention-settings.js';
import { TlsSettings } from './tls-settings.js';
import { IsFilledText, IsOneOf, IsSection, IsText } from './value-rules.js';

/** From the most talkative to none. */
export const LOG_LEVELS = ['debug', 'info', 'warn', 'error', 'silent'] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/**
 * All that can be set. The initialisers are the defaults; a YAML file has the same members by the same names, and
 * the environment names some of them (see `ENVIRONMENT`).
 */
export class ServerSettings {
  @IsSection(() => MqttSettings)
  mqtt = new MqttSettings();

  @IsSection(() => HttpSettings)
  http = new HttpSettings();

  @IsSection(() => CoapSettings)
  coap = new CoapSettings();

  @IsSection(() => TlsSettings)
  tls = new TlsSettings();

  @IsSection(() => HostSettings)
  host = new HostSettings();

  @IsSection(() => AdminSettings)
  admin = new AdminSettings();

  @IsSection(() => MetricsSettings)
  metrics = new MetricsSettings();

  @IsSection(() => CacheSettings)
  cache: CacheLimits = new CacheSettings();

  @IsSection(() => RetentionSettings)
  retention = new RetentionSettings();

  /** Where the server keeps its files; made when it is missing. A relative path starts at the working directory. */
  @IsFilledText()
  dataDir = './data';

  /** `postgres://user:password@host:5432/database`. Empty: SQLite, in a file in the data directory. */
  @IsText()
  databaseUrl = '';

  @IsOneOf(LOG_LEVELS)
  logLevel: LogLevel = 'info';
}
