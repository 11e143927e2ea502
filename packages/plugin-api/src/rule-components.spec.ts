import { describe, expect, it } from '@jest/globals';
import {
  PluginAction,
  RuleFilter,
  RuleProcessor,
  ruleComponentOf,
  type PluginActionComponent,
  type RuleFilterComponent,
  type RuleProcessorComponent,
} from './rule-components.js';
import type { RuleMessage } from './rule-message.js';

@RuleFilter({ id: 'never', name: 'Never' })
class NeverFilter implements RuleFilterComponent {
  matches(): boolean {
    return false;
  }
}

@RuleProcessor({ id: 'device-name', name: 'Device name' })
class DeviceNameProcessor implements RuleProcessorComponent {
  process(message: RuleMessage): Readonly<Record<string, unknown>> {
    return { deviceName: message.device.name };
  }
}

@PluginAction({ id: 'ask', name: 'Ask', mode: 'two-way' })
class AskAction implements PluginActionComponent {
  toPlugin(message: RuleMessage): RuleMessage {
    return message;
  }
}

describe('rule components', () => {
  it('say what they are', () => {
    expect(ruleComponentOf(NeverFilter)).toEqual({ kind: 'filter', metadata: { id: 'never', name: 'Never' } });
    expect(ruleComponentOf(DeviceNameProcessor)).toEqual({
      kind: 'processor',
      metadata: { id: 'device-name', name: 'Device name' },
    });
    expect(ruleComponentOf(AskAction)).toEqual({
      kind: 'action',
      metadata: { id: 'ask', name: 'Ask', mode: 'two-way' },
    });
  });

  it('must be declared', () => {
    class Forgetful {}
    expect(() => ruleComponentOf(Forgetful)).toThrow(
      'Forgetful is not a rule component: it has no @RuleFilter, @RuleProcessor or @PluginAction',
    );
  });

  it('do not inherit what they are', () => {
    class AlwaysFilter extends NeverFilter {}
    expect(() => ruleComponentOf(AlwaysFilter)).toThrow(TypeError);
  });
});
