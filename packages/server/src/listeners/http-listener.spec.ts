import { describe, expect, it } from '@jest/globals';
import { Readiness } from '../readiness.js';
import { HttpListener } from './http-listener.js';

describe('HttpListener', () => {
  it('says whether devices are accepted, and that it is alive all the time', async () => {
    const readiness = new Readiness();
    const listener = new HttpListener({ protocol: 'HTTP', bindAddress: '127.0.0.1', bindPort: 0 }, readiness);
    const { port } = await listener.listen();
    const probe = async (path: string): Promise<unknown> => {
      const answer = await fetch(`http://127.0.0.1:${port}/health/${path}`);
      return [answer.status, await answer.json()];
    };
    try {
      expect(await probe('ready')).toEqual([503, { status: 'starting' }]);
      expect(await probe('live')).toEqual([200, { status: 'ok' }]);
      readiness.becomeReady();
      expect(await probe('ready')).toEqual([200, { status: 'ok' }]);
      readiness.leave();
      expect(await probe('ready')).toEqual([503, { status: 'stopping' }]);
      expect(await probe('live')).toEqual([200, { status: 'ok' }]);
    } finally {
      await listener.close();
    }
  });
});
