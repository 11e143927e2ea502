import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { of } from 'rxjs';
import type { Reply } from './reply.js';
import { Coerce, NoParams, RpcMethod, coercionsOf, rpcMethodsOf, type RpcCall } from './rpc-method.js';

class EchoParams {
  @Coerce((value) => (value === 'true' ? true : value))
  loud: unknown;
}

class WhisperParams extends EchoParams {
  @Coerce((value) => Number(value))
  volume: unknown;
}

class EchoPlugin {
  @RpcMethod('echo', EchoParams)
  echo(call: RpcCall<EchoParams>): Reply<unknown> {
    return call.params.loud;
  }

  @RpcMethod('later', NoParams)
  later(_call: RpcCall<NoParams>): Reply<string> {
    return of('later');
  }
}

class WhisperPlugin extends EchoPlugin {
  @RpcMethod('whisper', WhisperParams)
  whisper(call: RpcCall<WhisperParams>): Reply<unknown> {
    return call.params.volume;
  }
}

describe('RpcMethod', () => {
  it('keeps which method answers what, in order of declaration', () => {
    expect(rpcMethodsOf(EchoPlugin)).toEqual([
      { method: 'echo', params: EchoParams, handler: 'echo' },
      { method: 'later', params: NoParams, handler: 'later' },
    ]);
  });

  it('counts the methods of base classes in and leaves the base class as it was', () => {
    expect(rpcMethodsOf(WhisperPlugin).map(({ method }) => method)).toEqual(['echo', 'later', 'whisper']);
    expect(rpcMethodsOf(EchoPlugin)).toHaveLength(2);
  });

  it('knows no methods of a class without any', () => {
    expect(rpcMethodsOf(NoParams)).toEqual([]);
  });

  it('refuses two handlers for one method', () => {
    expect(() => {
      class Ambiguous {
        @RpcMethod('echo', NoParams)
        one(_call: RpcCall<NoParams>): Reply<number> {
          return 1;
        }

        @RpcMethod('echo', NoParams)
        two(_call: RpcCall<NoParams>): Reply<number> {
          return 2;
        }
      }
      return Ambiguous;
    }).toThrow('Ambiguous has two handlers for the RPC method "echo"');
  });
});

describe('Coerce', () => {
  it('keeps a conversion for each member', () => {
    expect([...coercionsOf(EchoParams).keys()]).toEqual(['loud']);
    expect(coercionsOf(EchoParams).get('loud')?.('true')).toBe(true);
    expect(coercionsOf(EchoParams).get('loud')?.('maybe')).toBe('maybe');
  });

  it('counts those of base classes in and leaves the base class as it was', () => {
    expect([...coercionsOf(WhisperParams).keys()]).toEqual(['loud', 'volume']);
    expect(coercionsOf(EchoParams).has('volume')).toBe(false);
  });

  it('knows none of a class without any', () => {
    expect(coercionsOf(NoParams).size).toBe(0);
  });
});
