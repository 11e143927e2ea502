import { randomBytes } from 'node:crypto';
import { RegistryError, type AccountStore, type New, type User } from '@device-messaging/host-api';
import { PasswordHasher } from './password-hasher.js';

/** Who may administer everything, and with what. */
export interface NewAdministrator {
  readonly username: string;
  /** Known to nobody else, and never again: only its hash is kept. */
  readonly password: string;
}

/** What a first system administrator is called. */
const FIRST_ADMINISTRATOR = 'sysadmin';
/** 144 bits, 24 characters. */
const PASSWORD_BYTES = 18;

/**
 * Makes a system administrator with a random password, if there is none yet.
 * @returns `undefined` when there was one, or another node made one at the same moment
 */
export async function createSystemAdministrator(
  accounts: AccountStore,
  username: string = FIRST_ADMINISTRATOR,
): Promise<NewAdministrator | undefined> {
  const [known] = await accounts.listUsers(undefined, { limit: 1 });
  if (known !== undefined) return undefined;
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  try {
    await createUserWithPassword(
      accounts,
      { username, role: 'SYS_ADMIN', tenantId: undefined, customerId: undefined },
      password,
    );
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'ALREADY_EXISTS') return undefined;
    throw error;
  }
  return { username, password };
}

/** Makes a user whose password is known. What a new password must be like is not asked here. */
export async function createUserWithPassword(accounts: AccountStore, user: New<User>, password: string): Promise<User> {
  return accounts.createUser(user, await new PasswordHasher().hash(password));
}
