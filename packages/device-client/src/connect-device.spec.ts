import { describe, expect, test } from '@jest/globals';
import { connectDevice } from './connect-device.js';

describe('connectDevice', () => {
  test.each([
    ['ftp://127.0.0.1', 'ftp:// is not known here. Known: mqtt://, mqtts://, ws://'],
    ['mqtt://A1_TOKEN@127.0.0.1', 'The URL names a user.'],
    ['127.0.0.1', 'It is no URL.'],
  ])('refuses %s', async (url, message) => {
    const failed = connectDevice(url, 'A1_TOKEN');
    await expect(failed).rejects.toThrow(TypeError);
    await expect(failed).rejects.toThrow(message);
  });

  test.each(['http://127.0.0.1:1', 'coap://127.0.0.1:1'])('sends nothing to %s before it is asked to', async (url) => {
    const device = await connectDevice(url, 'A1');
    await device.close();
    expect((await device.closed).code).toBe('closed');
  });
});
