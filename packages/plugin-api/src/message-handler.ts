import 'reflect-metadata';
import type { Device } from './device.js';
import type { JsonText } from './json-text.js';
import type { Constructor } from './plugin.js';
import type { MessageType } from './rule-message.js';
import type { Awaitable } from './reply.js';

const HANDLERS = Symbol('device-messaging:message-handlers');

/** A device's message that a rule's one-way action passed to a plugin. Read-only facts. */
export interface DeviceMessage<C = unknown> {
  readonly type: MessageType;
  readonly device: Device;
  /** The payload as the device sent it. */
  readonly payload: JsonText;
  /** What the rule's processor found out, if the rule has one. */
  readonly metadata: Readonly<Record<string, unknown>>;
  /** The effective configuration for the device's customer. */
  readonly configuration: C;
  /** Epoch ms. */
  readonly receivedAt: number;
}

/** What {@link MessageHandler} declared. */
export interface MessageHandlerMetadata {
  readonly type: MessageType;
  readonly handler: string;
}

/**
 * Makes a method of a plugin the handler of one type of device message (telemetry, attributes), handed to it by the
 * one-way actions of rules. Nobody waits for it; what it throws is logged with the plugin's id.
 */
export function MessageHandler(type: MessageType) {
  return <H extends (message: DeviceMessage<never>) => Awaitable<void>>(
    target: object,
    handler: string,
    _descriptor: TypedPropertyDescriptor<H>,
  ): void => {
    const known = messageHandlersOf(target.constructor as Constructor);
    if (known.some((other) => other.type === type)) {
      throw new TypeError(`${target.constructor.name} has two handlers for ${type} messages`);
    }
    Reflect.defineMetadata(HANDLERS, [...known, { type, handler }], target.constructor);
  };
}

/** The message handlers of a plugin class, its base classes' included. */
export function messageHandlersOf(target: Constructor): readonly MessageHandlerMetadata[] {
  return (Reflect.getMetadata(HANDLERS, target) as readonly MessageHandlerMetadata[] | undefined) ?? [];
}
