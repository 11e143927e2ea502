import { RegistryError, type CredentialsRow, type DeviceRow, type New } from '@device-messaging/host-api';
import { DatabaseError } from '../database/database-error.js';
import type { ChangeLane } from './change-lane.js';
import { createDevices, type DeviceOutcome, type NewDevice } from './device-batch.js';

/** Devices of one transaction. */
const BATCH_SIZE = 1_000;

/** Devices that wait to be made at most. */
const MAX_WAITING = 20_000;

interface WaitingDevice extends NewDevice {
  resolve(row: DeviceRow): void;
  reject(error: unknown): void;
}

/**
 * Makes devices that are asked for at the same time in one transaction, so that an import of many costs the disk's time
 * once for a thousand.
 */
export class DeviceBatcher {
  private readonly waiting: WaitingDevice[] = [];

  constructor(private readonly lane: ChangeLane) {}

  create(device: New<DeviceRow>, credentials: Omit<CredentialsRow, 'deviceId'> | undefined): Promise<DeviceRow> {
    if (this.waiting.length >= MAX_WAITING) {
      return Promise.reject(new DatabaseError('BUSY', `${MAX_WAITING} devices wait to be created already`));
    }
    return new Promise((resolve, reject) => {
      // A turn of the lane for each thousand.
      if (this.waiting.length % BATCH_SIZE === 0) void this.makeNext();
      this.waiting.push({ device, credentials, resolve, reject });
    });
  }

  private async makeNext(): Promise<void> {
    let batch: readonly WaitingDevice[] = [];
    try {
      // The transaction may run again, with the same devices.
      const outcomes = await this.lane.run((scope) => {
        if (batch.length === 0) batch = this.waiting.splice(0, BATCH_SIZE);
        return createDevices(scope, batch);
      });
      settle(batch, outcomes);
    } catch (error) {
      // When the transaction did not even begin, they are still waiting.
      await this.makeSingly(batch.length > 0 ? batch : this.waiting.splice(0, BATCH_SIZE), error);
    }
  }

  /** Another node made one of them in the same moment: the others must not pay for it. */
  private async makeSingly(batch: readonly WaitingDevice[], error: unknown): Promise<void> {
    const isConflict = error instanceof RegistryError;
    for (const entry of batch) {
      if (!isConflict) {
        entry.reject(error);
        continue;
      }
      await this.lane
        .run((scope) => createDevices(scope, [entry]))
        .then(
          (outcomes) => settle([entry], outcomes),
          (reason: unknown) => entry.reject(reason),
        );
    }
  }
}

function settle(batch: readonly WaitingDevice[], outcomes: readonly DeviceOutcome[]): void {
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome instanceof RegistryError) batch[index]!.reject(outcome);
    else batch[index]!.resolve(outcome);
  }
}
