import 'reflect-metadata';
import type { Device } from './device.js';
import type { Constructor } from './plugin.js';
import type { Reply } from './reply.js';

const METHODS = Symbol('device-messaging:rpc-methods');
const COERCIONS = Symbol('device-messaging:coercions');

/** One client-side RPC on its way to a handler. Read-only facts. */
export interface RpcCall<P = unknown, C = unknown> {
  readonly method: string;
  /** The validated params: an instance of the class that {@link RpcMethod} names. */
  readonly params: P;
  /** The effective configuration for the caller's customer: base and override, merged and validated, frozen and shared. */
  readonly configuration: C;
  /** The calling device as it was when the call was accepted. */
  readonly caller: Device;
  /** When the call was accepted, epoch ms. */
  readonly receivedAt: number;
  /** When the caller stops waiting, epoch ms, if it said so (MQTT 5 message expiry). What is asked on its behalf ends there. */
  readonly expiresAt: number | undefined;
}

/** A handler of client-side RPCs. */
export type RpcHandler<P, C, R> = (call: RpcCall<P, C>) => Reply<R>;

/** What {@link RpcMethod} declared: which method of the class answers which RPC method. */
export interface RpcMethodMetadata {
  readonly method: string;
  readonly params: Constructor;
  readonly handler: string;
}

/**
 * Makes a method of a plugin the handler of an RPC method.
 *
 * `params` is a class-validator class. The host reads the request's params into an instance of it: members that the
 * class does not declare are ignored, missing ones keep their initialiser, `null` is a value like any other, and a
 * member whose declared type is {@link JsonText} receives its bytes verbatim. What does not validate is answered
 * `Invalid params: …` and never reaches the handler.
 *
 * The handler's answer is any {@link Reply}: a {@link JsonText} travels verbatim, everything else as its JSON. It has
 * 10 s (a host setting) of its own; while it waits for a device that call's deadline counts instead.
 */
export function RpcMethod<P extends object>(method: string, params: Constructor<P>) {
  return <H extends RpcHandler<P, never, unknown>>(
    target: object,
    handler: string,
    _descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const known = rpcMethodsOf(target.constructor as Constructor);
    if (known.some((other) => other.method === method)) {
      throw new TypeError(`${target.constructor.name} has two handlers for the RPC method "${method}"`);
    }
    Reflect.defineMetadata(METHODS, [...known, { method, params, handler }], target.constructor);
  };
}

/** The RPC methods of a plugin class, its base classes' included, in order of declaration. */
export function rpcMethodsOf(target: Constructor): readonly RpcMethodMetadata[] {
  return (Reflect.getMetadata(METHODS, target) as readonly RpcMethodMetadata[] | undefined) ?? [];
}

/** Params of a method that takes none. */
export class NoParams {}

/**
 * Lets a member of a params class accept more than its validated form (the text `"2000"` for the number 2000, say):
 * the function sees the parsed value before validation and returns what shall be validated.
 */
export function Coerce(convert: (value: unknown) => unknown) {
  return (target: object, member: string): void => {
    const known = coercionsOf(target.constructor as Constructor);
    Reflect.defineMetadata(COERCIONS, new Map(known).set(member, convert), target.constructor);
  };
}

/** The coercions of a params class, by member. */
export function coercionsOf(target: Constructor): ReadonlyMap<string, (value: unknown) => unknown> {
  return (Reflect.getMetadata(COERCIONS, target) as ReadonlyMap<string, (value: unknown) => unknown>) ?? new Map();
}
