import { describe, expect, it } from '@jest/globals';
import { Plugin, pluginMetadataOf, type PluginMetadata } from './plugin.js';

const metadata: PluginMetadata = { id: 'echo', name: 'Echo Plugin', apiVersion: 1, aliases: ['org.example.Echo'] };

@Plugin(metadata)
class EchoPlugin {}

describe('Plugin', () => {
  it('keeps what a class says about itself, out of reach of later changes', () => {
    expect(pluginMetadataOf(EchoPlugin)).toEqual(metadata);
    expect(pluginMetadataOf(EchoPlugin)).not.toBe(metadata);
    expect(Object.isFrozen(pluginMetadataOf(EchoPlugin))).toBe(true);
  });

  it('says which class is no plugin', () => {
    class Forgetful {}
    expect(() => pluginMetadataOf(Forgetful)).toThrow('Forgetful is not a plugin: it has no @Plugin(…) decorator');
  });

  it('is not inherited: a derived class says itself what it is', () => {
    class LoudEchoPlugin extends EchoPlugin {}
    expect(() => pluginMetadataOf(LoudEchoPlugin)).toThrow(TypeError);
  });
});
