import { RegistryError } from '@device-messaging/host-api';

/** Runs a change; a refusal with the code becomes what `instead` returns. */
export async function unlessRefused<T>(code: string, change: () => unknown, instead: () => T | Promise<T>): Promise<T> {
  try {
    return (await change()) as T;
  } catch (error) {
    if (error instanceof RegistryError && error.code === code) return instead();
    throw error;
  }
}
