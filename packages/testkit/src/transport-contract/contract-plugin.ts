import 'reflect-metadata';
import {
  DeviceRpc,
  IsJson,
  JsonText,
  MessageHandler,
  NoParams,
  Plugin,
  RpcMethod,
  type DeviceMessage,
  type RpcCall,
} from '@device-messaging/plugin-api';
import { IsBoolean, IsIn, IsInt, IsString, IsUUID } from 'class-validator';
import { inject, injectable } from 'inversify';

/** JSON that does not survive being parsed and written again, and some that takes care to carry. */
export const SAMPLES: readonly string[] = [
  '12345678901234567890',
  '1.10',
  '-0',
  '1e400',
  '{"b":1,"a":{"z":0,"y":[]},"b":2}',
  '"\\u0062ody \\/ \\ud83d\\ude00"',
  '{ "a" : [ 1 ,\n2 ] }',
  '"é 漢 😀"',
  'null',
  '""',
  JSON.stringify('x'.repeat(30_000)),
];

export class BodyParams {
  @IsJson()
  body: JsonText = JsonText.NULL;
}

export class ExchangeParams {
  @IsUUID()
  deviceId!: string;

  @IsInt()
  sample!: number;
}

export class CallParams extends BodyParams {
  @IsUUID()
  deviceId!: string;

  @IsInt()
  timeout: number = 10_000;

  @IsBoolean()
  oneway: boolean = false;

  @IsIn(['wait', 'fail'])
  offline: 'wait' | 'fail' = 'wait';
}

export class NoteParams {
  @IsString()
  text!: string;
}

/** What devices of the transport contract talk to: shows what arrives, and calls other devices. */
@injectable()
@Plugin({ id: 'transport-contract', name: 'Transport Contract Plugin', apiVersion: 1 })
export class ContractPlugin {
  private readonly notes: string[] = [];

  constructor(@inject(DeviceRpc) private readonly rpc: DeviceRpc) {}

  /** Answers with the body, verbatim. */
  @RpcMethod('echo', BodyParams)
  echo(call: RpcCall<BodyParams>): JsonText {
    return call.params.body;
  }

  /** Calls a device; answers with its reply, verbatim. */
  @RpcMethod('call', CallParams)
  call(call: RpcCall<CallParams>): PromiseLike<JsonText> {
    const { deviceId, body, timeout: timeoutMs, oneway, offline } = call.params;
    const options = { timeoutMs, oneway, offline, onBehalfOf: call };
    return this.rpc.request(deviceId, { method: 'onMsg', params: body }, options);
  }

  /** Calls a device with one of the {@link SAMPLES}; answers whether its reply is the same text. */
  @RpcMethod('exchange', ExchangeParams)
  async exchange(call: RpcCall<ExchangeParams>): Promise<boolean> {
    const sample = SAMPLES[call.params.sample] ?? 'null';
    const message = { method: 'onMsg', params: JsonText.fromString(sample) };
    const reply = await this.rpc.request(call.params.deviceId, message, { timeoutMs: 10_000, onBehalfOf: call });
    return reply.toString() === sample;
  }

  /** Takes a note. */
  @RpcMethod('note', NoteParams)
  note(call: RpcCall<NoteParams>): boolean {
    this.notes.push(call.params.text);
    return true;
  }

  /** All that was noted, in order of arrival. */
  @RpcMethod('notes', NoParams)
  allNotes(_call: RpcCall<NoParams>): readonly string[] {
    return this.notes;
  }

  @MessageHandler('POST_TELEMETRY')
  onTelemetry(message: DeviceMessage): void {
    this.notes.push(message.payload.toString());
  }

  @MessageHandler('POST_ATTRIBUTES')
  onAttributes(message: DeviceMessage): void {
    this.notes.push(message.payload.toString());
  }
}
