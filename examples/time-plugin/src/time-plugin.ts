import 'reflect-metadata';
import { Clock, NoParams, Plugin, RpcMethod, type Reply, type RpcCall } from '@device-messaging/plugin-api';
import { inject, injectable } from 'inversify';
import { TimeConfiguration } from './time-configuration.js';
import { formatTime } from './time-format.js';

/** The server's time: a text when the configuration has a format, epoch ms otherwise. */
export interface TimeAnswer {
  readonly time: string | number;
}

/** ThingsBoard 1.x's time plugin: tells devices without a clock what time it is, in the zone of the server. */
@injectable()
@Plugin({
  id: 'time',
  name: 'Time Plugin',
  apiVersion: 1,
  configuration: TimeConfiguration,
  aliases: ['org.thingsboard.server.extensions.core.plugin.time.TimePlugin'],
})
export class TimePlugin {
  constructor(@inject(Clock) private readonly clock: Clock) {}

  @RpcMethod('getTime', NoParams)
  getTime({ configuration }: RpcCall<NoParams, TimeConfiguration>): Reply<TimeAnswer> {
    const now = this.clock.now();
    return { time: configuration.timeFormat === '' ? now : formatTime(now, configuration.timeFormat) };
  }
}
