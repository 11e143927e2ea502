import 'reflect-metadata';
import {
  Clock,
  IsJson,
  JsonText,
  Plugin,
  RpcMethod,
  type OnConfigurationChange,
  type OnStart,
  type OnStop,
  type PluginMetadata,
  type RpcCall,
} from '@device-messaging/plugin-api';
import { IsInt, Max, Min } from 'class-validator';
import { inject, injectable } from 'inversify';

export class EchoConfiguration {
  /** Bytes. */
  @IsInt()
  @Min(1)
  @Max(65_536)
  readonly longestBody: number = 1_024;
}

export class EchoParams {
  @IsJson()
  readonly body: JsonText = JsonText.NULL;
}

export const ECHO_METADATA: PluginMetadata = {
  id: 'echo',
  name: 'Echo Plugin',
  apiVersion: 1,
  configuration: EchoConfiguration,
  aliases: ['org.example.EchoPlugin'],
};

/** The plugin that works, into which faults are put. */
@injectable()
@Plugin(ECHO_METADATA)
export class EchoPlugin implements OnStart<EchoConfiguration>, OnConfigurationChange<EchoConfiguration>, OnStop {
  private longestBody = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(@inject(Clock) readonly clock: Clock) {}

  onStart(configuration: EchoConfiguration): void {
    this.onConfigurationChange(configuration);
    // Cleared when it stops: the rules count what is left, not what was there.
    this.timer = setTimeout(() => undefined, 60_000).unref();
  }

  onConfigurationChange({ longestBody }: EchoConfiguration): void {
    this.longestBody = longestBody;
  }

  onStop(): void {
    clearTimeout(this.timer);
  }

  @RpcMethod('echo', EchoParams)
  echo(call: RpcCall<EchoParams>): JsonText {
    return call.params.body.bytes.length > this.longestBody ? JsonText.NULL : call.params.body;
  }
}
