/**
 * A device as the registry knows it at this moment. Rows are immutable snapshots: a change of a device makes a new
 * row, so hold on to the id and ask again rather than keep the row.
 */
export interface Device {
  /** UUID, lower case. */
  readonly id: string;
  readonly tenantId: string;
  /** The customer the device is assigned to; `undefined` while it is unassigned. */
  readonly customerId: string | undefined;
  readonly name: string;
  /** ThingsBoard's device type, `default` unless said otherwise. */
  readonly type: string;
}
