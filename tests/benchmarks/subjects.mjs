import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** @typedef {import('./server-under-load.mjs').Subject} Subject */

/** @type {Subject} */
export const FLOOR = { name: 'floor (relay)', program: 'subjects/relay.mjs', dialect: 'relay' };
/** @type {Subject} */
export const OURS = { name: 'device-messaging', program: 'subjects/device-messaging.mjs', dialect: 'sendMsg' };
/** @type {Subject} */
export const AEDES = { name: 'aedes', program: 'subjects/aedes.mjs', dialect: 'publishSubscribe' };

const MOSQUITTO_PROGRAMS = ['mosquitto', '/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'];

/** @type {{ program: string, version: string } | undefined} */
export const mosquitto = MOSQUITTO_PROGRAMS.map((program) => {
  const { stdout } = spawnSync(program, ['-h'], { encoding: 'utf8' });
  return { program, version: /mosquitto version (\S+)/.exec(stdout ?? '')?.[1] };
}).find(({ version }) => version !== undefined);

/** @type {readonly Subject[]} */
export const SUBJECTS = [
  FLOOR,
  OURS,
  AEDES,
  ...(mosquitto === undefined
    ? []
    : [
        {
          name: 'mosquitto',
          program: 'subjects/mosquitto.mjs',
          args: [mosquitto.program],
          dialect: 'publishSubscribe',
        },
      ]),
];

const aedesManifest = new URL('package.json', import.meta.resolve('aedes'));
export const aedesVersion = JSON.parse(readFileSync(aedesManifest, 'utf8')).version;
