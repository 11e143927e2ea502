import {
  ConfigurationError,
  readConfiguration,
  type CustomerSettings,
  type Settings,
} from '@device-messaging/host-api';
import type { Constructor } from '@device-messaging/plugin-api';

const NO_SETTINGS: object = Object.freeze({});

/** Reads settings into their class; a plugin or component without a class has no settings. */
export function readSettings(type: Constructor | undefined, settings: Settings): object {
  if (type !== undefined) return readConfiguration(type, settings);
  const known = Object.keys(settings);
  if (known.length === 0) return NO_SETTINGS;
  throw new ConfigurationError(known.map((path) => ({ path, message: 'is not known: there are no settings here' })));
}

/**
 * The configurations of one plugin instance: its base, and base plus override for each customer that has one. Each is
 * merged and validated once and then shared; an override is known by its row, which is replaced when it changes.
 */
export class EffectiveConfiguration {
  readonly base: object;
  private readonly merged = new WeakMap<CustomerSettings, object>();
  /** Asked for last, with what came of it: most customers share one row, that of the default. */
  private last: { readonly customer: CustomerSettings; readonly configuration: object } | undefined;

  /** @throws ConfigurationError when the base is invalid. */
  constructor(
    private readonly type: Constructor | undefined,
    private readonly settings: Settings,
  ) {
    this.base = readSettings(type, settings);
  }

  /** @throws ConfigurationError when base and override do not fit. */
  for(customer: CustomerSettings): object {
    if (this.last?.customer === customer) return this.last.configuration;
    const configuration = this.merged.get(customer) ?? this.merge(customer);
    this.last = { customer, configuration };
    return configuration;
  }

  private merge(customer: CustomerSettings): object {
    const configuration =
      Object.keys(customer.configuration).length === 0
        ? this.base
        : readSettings(this.type, { ...this.settings, ...customer.configuration });
    this.merged.set(customer, configuration);
    return configuration;
  }
}
