import type { DeviceClient } from '@device-messaging/device-client';
import { isError } from './answer.js';
import { EXIT_FAILED, ExitError } from '../command-line/exit-error.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface DeviceRow {
  readonly id: string;
  readonly name: string;
}

/** The id of a device that is named by its id or its name: names are looked up among those that this device may see. */
export async function findTarget(device: DeviceClient, idOrName: string): Promise<string> {
  if (UUID.test(idOrName)) return idOrName;
  const answer = await device.call('getDevices', { name: idOrName });
  if (isError(answer)) {
    const { error } = JSON.parse(answer) as { error: string };
    throw new ExitError(EXIT_FAILED, `The device "${idOrName}" could not be looked up: ${error}`);
  }
  // A server that does not know the parameter answers with all of them.
  const found = (JSON.parse(answer) as DeviceRow[]).filter(({ name }) => name === idOrName);
  if (found.length === 1) return found[0]!.id;
  const ids = found.map(({ id }) => id).join(', ');
  throw new ExitError(
    EXIT_FAILED,
    found.length === 0
      ? `No other device of this customer is named "${idOrName}". "device list" shows them.`
      : `${found.length} devices are named "${idOrName}". Give the id of one: ${ids}`,
  );
}
