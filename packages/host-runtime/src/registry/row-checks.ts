import {
  RegistryError,
  type PluginDefinition,
  type QuotaSubject,
  type RuleDefinition,
  type Settings,
} from '@device-messaging/host-api';
import { randomUUID } from 'node:crypto';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const SHA_256 = /^[0-9a-f]{64}$/;

/** The id of a new row: the given one, lower case, or a random one. */
export function newId(given: string | undefined, what: string): string {
  if (given === undefined) return randomUUID();
  const id = given.toLowerCase();
  if (!UUID.test(id)) throw invalid(`The id of a ${what} must be a UUID; "${given}" is none`);
  return id;
}

/** Refuses an empty text. */
export function filledText(value: string, what: string): string {
  if (value === '') throw invalid(`The ${what} must not be empty`);
  return value;
}

/** The time of creation: the given one, or now. Epoch ms. */
export function creationTime(given: number | undefined, now: number): number {
  const createdAt = given ?? now;
  if (!Number.isSafeInteger(createdAt) || createdAt < 0) {
    throw invalid(`createdAt must be whole milliseconds since 1970; ${String(createdAt)} is not`);
  }
  return createdAt;
}

/** Refuses everything but a digest: above all a secret that somebody forgot to digest. It is not repeated in the text. */
export function sha256Digest(digest: string): string {
  if (!SHA_256.test(digest))
    throw invalid('The digest of credentials must be a SHA-256 in lower-case hex (64 characters)');
  return digest;
}

/** A deeply frozen copy, so that neither side can change what the other holds. Refuses what JSON cannot carry. */
export function frozenSettings(settings: Settings, what: string): Settings {
  return frozenJson(settings, what) as Settings;
}

function frozenJson(value: unknown, path: string): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (Array.isArray(value)) return Object.freeze(value.map((entry, index) => frozenJson(entry, `${path}[${index}]`)));
  if (isPlainObject(value)) {
    const members = Object.entries(value).filter(([, member]) => member !== undefined);
    return Object.freeze(
      Object.fromEntries(members.map(([name, member]) => [name, frozenJson(member, `${path}.${name}`)])),
    );
  }
  const kind =
    typeof value === 'object' ? `a ${value.constructor.name}` : typeof value === 'number' ? value : `a ${typeof value}`;
  throw invalid(`${path} must be JSON; ${kind} is not`);
}

function isPlainObject(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

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

/** A plugin that a rule needs. */
export function inUse(plugin: PluginDefinition, user: RuleDefinition): RegistryError {
  const what = `The rule "${user.name}" names the plugin "${plugin.name}" by its token "${plugin.apiToken}"`;
  return new RegistryError('IN_USE', `${what}: delete or change the rule first`);
}

/** A device that would be one too many for its tenant or customer. */
export function overQuota({ kind, id }: QuotaSubject, limit: number): RegistryError {
  const most = `${limit} ${limit === 1 ? 'device' : 'devices'}`;
  const message = `The ${kind} ${id} may have no more than ${most}: raise its quota, or delete devices`;
  return new RegistryError('OVER_QUOTA', message);
}
