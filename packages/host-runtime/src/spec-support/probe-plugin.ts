import {
  DeviceRpc,
  IsJson,
  JsonText,
  MessageHandler,
  Plugin,
  RpcError,
  RpcMethod,
  type AccessDecision,
  type Awaitable,
  type Device,
  type DeviceMessage,
  type Reply,
  type RpcCall,
} from '@device-messaging/plugin-api';
import { IsBoolean, IsIn, IsInt, IsString } from 'class-validator';
import { ContainerModule, inject, injectable } from 'inversify';
import { EMPTY, NEVER, of, type Observable } from 'rxjs';

export class ProbeConfiguration {
  @IsInt()
  limit = 7;

  @IsString()
  greeting = 'hello';
}

export class CallParams {
  @IsString()
  to!: string;

  @IsJson()
  body: JsonText = JsonText.NULL;

  @IsInt()
  timeout = 1000;

  @IsBoolean()
  oneway = false;

  @IsIn(['wait', 'fail'])
  offline: 'wait' | 'fail' = 'wait';
}

export class TextParams {
  @IsString()
  text = '';
}

/** What a test does instead of the plugin. */
export class ProbeScript {
  starts = 0;
  stops = 0;
  readonly configurations: unknown[] = [];
  readonly begun: string[] = [];
  readonly messages: DeviceMessage[] = [];
  onStart: () => Awaitable<void> = () => undefined;
  onStop: () => Awaitable<void> = () => undefined;
  onConfigurationChange: () => Awaitable<void> = () => undefined;
  authorize: (caller: Device, target: Device) => Awaitable<AccessDecision> = (caller, target) =>
    caller.customerId !== undefined && caller.customerId === target.customerId
      ? { allowed: true }
      : { allowed: false, reason: 'other customer' };
  handle: (call: RpcCall) => Reply<unknown> = () => null;
  onMessage: (message: DeviceMessage) => Awaitable<void> = () => undefined;
}

export const ProbeScripts: unique symbol = Symbol('ProbeScripts');

/** Binds the script of a test for all instances. */
export function scripted(script: ProbeScript): ContainerModule {
  return new ContainerModule(({ bind }) => {
    bind(ProbeScripts).toConstantValue(script);
  });
}

/** A plugin that does what a test wants: calls devices, answers in every form, fails in every way. */
@injectable()
@Plugin({
  id: 'probe',
  name: 'Probe Plugin',
  apiVersion: 1,
  configuration: ProbeConfiguration,
  aliases: ['org.example.ProbePlugin'],
})
export class ProbePlugin {
  constructor(
    @inject(DeviceRpc) private readonly rpc: DeviceRpc,
    @inject(ProbeScripts) private readonly script: ProbeScript,
  ) {}

  onStart(): Awaitable<void> {
    this.script.starts++;
    return this.script.onStart();
  }

  onStop(): Awaitable<void> {
    this.script.stops++;
    return this.script.onStop();
  }

  onConfigurationChange(configuration: unknown): Awaitable<void> {
    this.script.configurations.push(configuration);
    return this.script.onConfigurationChange();
  }

  @RpcMethod('call', CallParams)
  call(call: RpcCall<CallParams>): Reply<JsonText> {
    this.script.begun.push(call.params.body.toString());
    return this.request(call);
  }

  /** The same with a promise of the plugin's own around it. */
  @RpcMethod('awaitCall', CallParams)
  async awaitCall(call: RpcCall<CallParams>): Promise<JsonText> {
    const reply = await this.request(call);
    return JsonText.fromString(`[${reply.toString()}]`);
  }

  @RpcMethod('echo', TextParams)
  echo(call: RpcCall<TextParams>): string {
    this.script.begun.push(call.params.text);
    return call.params.text;
  }

  @RpcMethod('limit', TextParams)
  limit(call: RpcCall<TextParams, ProbeConfiguration>): number {
    return call.configuration.limit;
  }

  @RpcMethod('stream', TextParams)
  stream({ params }: RpcCall<TextParams>): Observable<string> {
    return params.text === 'empty' ? EMPTY : params.text === 'never' ? NEVER : of('first', 'second');
  }

  @RpcMethod('fail', TextParams)
  fail({ params }: RpcCall<TextParams>): Reply<never> {
    if (params.text === 'coded') throw new RpcError('DEVICE_UNASSIGNED');
    if (params.text === 'later') return Promise.reject(new Error('the secret is 42'));
    throw new Error('the secret is 42');
  }

  @RpcMethod('scripted', TextParams)
  scripted(call: RpcCall<TextParams>): Reply<unknown> {
    this.script.begun.push(call.params.text);
    return this.script.handle(call);
  }

  @MessageHandler('POST_TELEMETRY')
  telemetry(message: DeviceMessage): Awaitable<void> {
    this.script.messages.push(message);
    return this.script.onMessage(message);
  }

  private request(call: RpcCall<CallParams>): PromiseLike<JsonText> {
    const { to, body, timeout, oneway, offline } = call.params;
    return this.rpc.request(
      to,
      { method: 'onMsg', params: body },
      {
        timeoutMs: timeout,
        oneway,
        offline,
        onBehalfOf: call,
        authorize: (caller, target) => this.script.authorize(caller, target),
      },
    );
  }
}
