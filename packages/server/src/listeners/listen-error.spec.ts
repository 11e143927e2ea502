import { describe, expect, it } from '@jest/globals';
import { listenError } from './listen-error.js';

const attempt = { protocol: 'MQTT', bindAddress: '10.0.0.1', bindPort: 1883 };

describe('listenError', () => {
  it.each([
    ['EADDRINUSE', 'Port 1883 on 10.0.0.1 is taken (MQTT). Stop the other program or set MQTT_BIND_PORT.'],
    ['EACCES', 'Port 1883 is not free for this user (MQTT). Set MQTT_BIND_PORT to 1024 or more.'],
    ['EADDRNOTAVAIL', '10.0.0.1 is no address of this machine (MQTT). Set MQTT_BIND_ADDRESS to one of its own.'],
    ['ENOTFOUND', '10.0.0.1 is no address of this machine (MQTT). Set MQTT_BIND_ADDRESS to one of its own.'],
  ])('explains %s in one line', (code, line) => {
    expect(listenError(attempt, Object.assign(new Error('x'), { code })).lines).toEqual([line]);
  });

  it('names the address that a listener shares with another', () => {
    const [line] = listenError({ ...attempt, protocol: 'MQTTS', addressOf: 'MQTT' }, { code: 'ENOTFOUND' }).lines;
    expect(line).toBe('10.0.0.1 is no address of this machine (MQTTS). Set MQTT_BIND_ADDRESS to one of its own.');
  });

  it('tells what it cannot explain, and keeps the cause', () => {
    const cause = new Error('out of luck');
    const error = listenError(attempt, cause);
    expect(error.lines).toEqual(['Cannot listen on 10.0.0.1, port 1883 (MQTT): Error: out of luck']);
    expect(error.cause).toBe(cause);
  });
});
