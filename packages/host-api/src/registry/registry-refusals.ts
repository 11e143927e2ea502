import type { QuotaSubject } from './quotas.js';
import { RegistryError } from './registry-admin.js';
import type { PluginDefinition, RuleDefinition } from './rows.js';

/*
 * How registries refuse, in the same words whichever it is. Texts reach administrators: they name the row and say what
 * would be right.
 */

/** A row that is not as rows must be. */
export function invalid(message: string): RegistryError {
  return new RegistryError('INVALID', message);
}

/** A row that does not exist, or not for whoever asks. */
export function notFound(what: string, id: string, where = ''): RegistryError {
  return new RegistryError('NOT_FOUND', `There is no ${what} ${id}${where}`);
}

/** A row that would be the second with something of which there is one. */
export function alreadyExists(message: string): RegistryError {
  return new RegistryError('ALREADY_EXISTS', message);
}

/** A row whose id another one of its kind has. */
export function idTaken(what: string, id: string): RegistryError {
  return alreadyExists(`A ${what} with the id ${id} exists already`);
}

/** Credentials that another device has. They are not repeated in the text. */
export function credentialsTaken(): RegistryError {
  return alreadyExists('Another device has these credentials: each device needs its own');
}

/** A plugin whose token another one of its tenant has. */
export function pluginTokenTaken(other: Pick<PluginDefinition, 'name'>, apiToken: string): RegistryError {
  return alreadyExists(`The plugin "${other.name}" has the token "${apiToken}" already: choose another`);
}

/** A plugin that a rule needs. */
export function inUse(plugin: PluginDefinition, user: Pick<RuleDefinition, 'name'>): RegistryError {
  const what = `The rule "${user.name}" names the plugin "${plugin.name}" by its token "${plugin.apiToken}"`;
  return new RegistryError('IN_USE', `${what}: delete or change the rule first`);
}

/** The user without whom nobody could administer the installation. */
export function lastAdministrator(username: string): RegistryError {
  return new RegistryError('IN_USE', `"${username}" is the last system administrator: make another one first`);
}

/** A device that would be one too many for its tenant or customer. */
export function overQuota(owner: QuotaSubject, limit: number): RegistryError {
  const most = `${limit} ${limit === 1 ? 'device' : 'devices'}`;
  const message = `The ${owner.kind} ${owner.id} may have no more than ${most}: raise its quota, or delete devices`;
  return new RegistryError('OVER_QUOTA', message);
}
