import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { MessageHandler, messageHandlersOf, type DeviceMessage } from './message-handler.js';
import type { Awaitable } from './reply.js';

class MeterPlugin {
  readonly seen: unknown[] = [];

  @MessageHandler('POST_TELEMETRY')
  onTelemetry(message: DeviceMessage): Awaitable<void> {
    this.seen.push(message.payload);
  }
}

class WiderMeterPlugin extends MeterPlugin {
  @MessageHandler('POST_ATTRIBUTES')
  onAttributes(message: DeviceMessage): Awaitable<void> {
    this.seen.push(message.payload);
  }
}

describe('MessageHandler', () => {
  it('keeps which method handles which type, base classes included', () => {
    expect(messageHandlersOf(MeterPlugin)).toEqual([{ type: 'POST_TELEMETRY', handler: 'onTelemetry' }]);
    expect(messageHandlersOf(WiderMeterPlugin)).toEqual([
      { type: 'POST_TELEMETRY', handler: 'onTelemetry' },
      { type: 'POST_ATTRIBUTES', handler: 'onAttributes' },
    ]);
  });

  it('knows no handlers of a class without any', () => {
    class Idle {}
    expect(messageHandlersOf(Idle)).toEqual([]);
  });

  it('refuses two handlers for one type', () => {
    expect(() => {
      class Ambiguous extends MeterPlugin {
        @MessageHandler('POST_TELEMETRY')
        again(_message: DeviceMessage): Awaitable<void> {
          this.seen.length = 0;
        }
      }
      return Ambiguous;
    }).toThrow('Ambiguous has two handlers for POST_TELEMETRY messages');
  });
});
