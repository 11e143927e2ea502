import { ClusterBus, DeviceRegistry, Timers } from '@device-messaging/host-api';
import { Logger } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { CallRouter } from '../calls/call-router.js';
import { DeadlineQueue } from '../deadlines/deadline-queue.js';
import { DeviceTable } from '../devices/device-table.js';
import { HostLimits } from '../host-limits.js';
import { Observation } from '../observation/observation.js';
import { FaultLog } from '../rules/fault-log.js';
import { PluginCatalog } from './plugin-catalog.js';

/** What plugin instances are made of and run on. */
@injectable()
export class PluginServices {
  constructor(
    @inject(PluginCatalog) readonly catalog: PluginCatalog,
    @inject(DeviceRegistry) readonly registry: DeviceRegistry,
    @inject(DeviceTable) readonly devices: DeviceTable,
    @inject(CallRouter) readonly router: CallRouter,
    @inject(DeadlineQueue) readonly deadlines: DeadlineQueue,
    @inject(Timers) readonly timers: Timers,
    @inject(HostLimits) readonly limits: HostLimits,
    @inject(Observation) readonly observation: Observation,
    @inject(FaultLog) readonly faults: FaultLog,
    @inject(Logger) readonly logger: Logger,
    @inject(ClusterBus) private readonly bus: ClusterBus,
  ) {}

  get nodeId(): string {
    return this.bus.nodeId;
  }
}
