import 'reflect-metadata';
import {
  Clock,
  DeviceDirectory,
  NoParams,
  Plugin,
  RpcMethod,
  type Constructor,
  type PluginMetadata,
} from '@device-messaging/plugin-api';
import { IsInt, IsString, Max, Min, registerDecorator, ValidateIf } from 'class-validator';
import { inject, injectable } from 'inversify';
import type { BrokenPart } from '../contract/broken-part.js';
import type { PluginSubject } from '../plugin-contract/plugin-rules.js';
import { ECHO_METADATA, EchoParams, EchoPlugin } from './echo-plugin.js';

function brokenPlugin(breaks: string, fault: string, type: Constructor): BrokenPart<PluginSubject> {
  return { fault, breaks, spoil: (working) => ({ ...working, type }) };
}

/** The plugin that works, but for what it says about itself. */
function saying(metadata: { readonly [M in keyof PluginMetadata]?: unknown }): Constructor {
  @injectable()
  class Spoiled extends EchoPlugin {
    constructor(@inject(Clock) clock: Clock) {
      super(clock);
    }
  }
  Plugin({ ...ECHO_METADATA, ...metadata } as PluginMetadata)(Spoiled);
  return Spoiled;
}

/** The plugin that works, but for some of its members. */
function having(members: object): Constructor {
  const type = saying({});
  Object.defineProperties(type.prototype, Object.getOwnPropertyDescriptors(members));
  return type;
}

/** The plugin that works, with one more method. */
function answering(params: Constructor, handler = 'echo'): Constructor {
  const type = having({});
  RpcMethod('more', params)(type.prototype as object, handler, {});
  return type;
}

class ForbiddenDefault {
  @IsInt()
  @Min(1)
  readonly limit: number = 0;
}

class DefaultMissing {
  @IsInt()
  readonly limit!: number;
}

class LaxerThanItsSchema {
  @IsInt()
  @Max(10)
  @ValidateIf(() => false)
  readonly limit: number = 11;
}

class ForgivingConfiguration {
  @IsInt()
  readonly limit: number = 1;

  constructor() {
    return new Proxy(this, {
      set: (target, member, value) => !Reflect.has(target, member) || Reflect.set(target, member, value),
    });
  }
}

class UncheckedParams extends EchoParams {
  readonly loud: boolean = false;
}

/** A rule that asks somebody else first. */
function IsKnown(): PropertyDecorator {
  return (target, member) =>
    registerDecorator({
      name: 'isKnown',
      async: true,
      target: target.constructor,
      propertyName: String(member),
      options: {},
      validator: { validate: () => Promise.resolve(true) },
    });
}

class AsynchronousParams {
  @IsString()
  @IsKnown()
  readonly name: string = '';
}

@injectable()
@Plugin(ECHO_METADATA)
class ParameterNotInjected extends EchoPlugin {
  constructor(
    @inject(Clock) clock: Clock,
    readonly settings: { readonly isLoud: boolean },
  ) {
    super(clock);
  }
}

@injectable()
@Plugin(ECHO_METADATA)
class WantsWhatNobodyBinds extends EchoPlugin {
  constructor(@inject(Symbol('somebody else’s service')) clock: Clock) {
    super(clock);
  }
}

@injectable()
@Plugin(ECHO_METADATA)
class ConstructorThrows extends EchoPlugin {
  constructor(@inject(Clock) clock: Clock, @inject(DeviceDirectory) directory: DeviceDirectory) {
    super(clock);
    if (directory.find('a device that must be there') === undefined) throw new Error('The device is missing');
  }
}

@injectable()
@Plugin(ECHO_METADATA)
class HandlesNothing {}

/** Ends like the plugin that works, and then not. */
function failingStop(this: EchoPlugin): Promise<void> {
  EchoPlugin.prototype.onStop.call(this);
  return Promise.reject(new Error('No device is connected'));
}

const BROKEN_DECLARATIONS: readonly BrokenPart<PluginSubject>[] = [
  brokenPlugin('PLG-1', 'has no id in kebab-case', saying({ id: 'Echo Plugin' })),
  brokenPlugin('PLG-1', 'has no name', saying({ name: '' })),
  brokenPlugin('PLG-1', 'repeats its id as an alias', saying({ aliases: ['echo'] })),
  brokenPlugin('PLG-2', 'is written for a version to come', saying({ apiVersion: 2 })),
  brokenPlugin('PLG-3', 'has a default that it refuses', saying({ configuration: ForbiddenDefault })),
  brokenPlugin('PLG-3', 'has a setting without a default', saying({ configuration: DefaultMissing })),
  brokenPlugin('PLG-4', 'forgives settings that it does not know', saying({ configuration: ForgivingConfiguration })),
  brokenPlugin('PLG-5', 'has a default that its schema refuses', saying({ configuration: LaxerThanItsSchema })),
  {
    fault: 'refuses settings that it should take',
    breaks: 'PLG-6',
    spoil: (working) => ({ ...working, valid: [{ longestBody: 0 }] }),
  },
  {
    fault: 'takes settings that it should refuse',
    breaks: 'PLG-6',
    spoil: (working) => ({ ...working, invalid: [{ longestBody: 1 }] }),
  },
];

const BROKEN_CONSTRUCTORS: readonly BrokenPart<PluginSubject>[] = [
  brokenPlugin('PLG-7', 'does not say what to inject', ParameterNotInjected),
  brokenPlugin('PLG-7', 'wants what nobody binds', WantsWhatNobodyBinds),
  brokenPlugin('PLG-7', 'wants devices to be there when it is made', ConstructorThrows),
];

const BROKEN_HANDLERS: readonly BrokenPart<PluginSubject>[] = [
  brokenPlugin('PLG-8', 'handles nothing', HandlesNothing),
  brokenPlugin('PLG-8', 'has a handler that is no method', answering(NoParams, 'missing')),
  brokenPlugin('PLG-9', 'has params without a rule', answering(UncheckedParams)),
  brokenPlugin('PLG-9', 'has params with an asynchronous rule', answering(AsynchronousParams)),
];

const BROKEN_HOOKS: readonly BrokenPart<PluginSubject>[] = [
  brokenPlugin('PLG-10', 'never finishes starting', having({ onStart: () => new Promise(() => undefined) })),
  brokenPlugin('PLG-10', 'cannot stop while no device is connected', having({ onStop: failingStop })),
  brokenPlugin('PLG-11', 'leaves its timer running when it stops', having({ onStop: () => undefined })),
];

/** A plugin for every rule, each with one fault. */
export const BROKEN_PLUGINS: readonly BrokenPart<PluginSubject>[] = [
  ...BROKEN_DECLARATIONS,
  ...BROKEN_CONSTRUCTORS,
  ...BROKEN_HANDLERS,
  ...BROKEN_HOOKS,
];
