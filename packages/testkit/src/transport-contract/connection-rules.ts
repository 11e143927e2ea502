import assert from 'node:assert/strict';
import type { ContractRule } from '../contract/contract-rule.js';
import { tokenOf, type TransportWorld } from './transport-world.js';

/** How connections begin and end. */
export const CONNECTION_RULES: readonly ContractRule<TransportWorld>[] = [
  {
    rule: 'TRN-17',
    title: 'refuses whoever no device is, and opens no session for them',
    async run(world) {
      await world.assertRefused('NOBODYS_TOKEN');
      await world.assertRefused(tokenOf('asker').toLowerCase());
      await world.settle();
      assert.equal(world.host.control.statistics().sessions, 0);
    },
  },
  {
    rule: 'TRN-18',
    title: 'refuses connections while the registry cannot answer, and takes them when it can',
    async run(world) {
      world.failRegistry(true);
      await world.assertRefused(tokenOf('asker'));
      world.failRegistry(false);
      assert.equal(await (await world.connect('asker')).echo('1'), '1');
    },
  },
  {
    rule: 'TRN-19',
    title: 'frees the session of a connection that is gone: no call is handed to it',
    async run(world) {
      const { control } = world.host;
      const target = await world.listener('target');
      await target.client.close();
      await world.until(() => control.statistics().sessions === 0, 'the end of the session');
      assert.equal(control.statistics().devices, 0, 'the host keeps state for a device that is gone');
      const asker = await world.connect('asker');
      const answer = await world.within(asker.call(target.device, { offline: 'fail' }));
      assert.equal(answer, '{"error":"No active connection to the remote device!"}');
    },
  },
  {
    rule: 'TRN-20',
    title:
      'ends the listening of a device whose credentials are revoked, or that is deleted, and refuses it from then on',
    async run(world) {
      const revoked = [await world.listener('target'), await world.listener('target')];
      await world.registry.revokeCredentials(world.devices.target.id);
      for (const contact of revoked) await contact.untilClosed('of a device whose credentials were revoked');
      await world.assertRefused(tokenOf('target'));
      const deleted = await world.listener('bystander');
      await world.registry.deleteDevice(world.devices.bystander.id);
      await deleted.untilClosed('of a deleted device');
      await world.until(() => world.host.control.statistics().sessions === 0, 'the end of the sessions');
    },
  },
  {
    rule: 'TRN-21',
    title: 'lets a new connection of the same device with the same client id take the old one over, no other',
    needs: 'take-over',
    async run(world) {
      const old = await world.listener('target', { clientId: 'one' });
      const stays = [
        await world.connect('target', { clientId: 'another' }),
        await world.connect('bystander', { clientId: 'one' }),
      ];
      const next = await world.listener('target', { clientId: 'one' });
      await old.untilClosed('that was taken over');
      for (const contact of [...stays, next]) assert.equal(await contact.echo('1'), '1');
      await world.until(() => world.host.control.statistics().sessions === 3, 'the end of the old session');
    },
  },
  {
    rule: 'TRN-22',
    title: 'takes no new connections while the host drains; calls in flight get their replies',
    async run(world) {
      const asker = await world.connect('asker');
      const target = await world.listener('target');
      const answer = asker.call(target.device, { timeout: 5_000 });
      const { id } = await target.nextCall();
      const stopped = world.host.stop();
      await world.settle();
      await world.assertRefused(tokenOf('bystander'));
      await target.client.reply(id, '"in time"');
      assert.equal(await world.within(answer), '"in time"');
      await world.timers.advanceAsync(60_000);
      await world.within(stopped, 'the end of the host');
    },
  },
  {
    rule: 'TRN-23',
    title: 'leaves no connection, session or timer when it has stopped',
    async run(world) {
      const contacts = [await world.listener('asker'), await world.listener('target')];
      const stopped = world.host.stop();
      await world.settle();
      await world.timers.advanceAsync(60_000);
      await world.within(stopped, 'the end of the host');
      for (const contact of contacts) await contact.untilClosed('when the host stopped');
      const { sessions, requests, pendingCalls, deadlines, devices } = world.host.control.statistics();
      const timers = world.timers.pending;
      const left = { sessions, requests, pendingCalls, deadlines, devices, timers };
      const nothing = { sessions: 0, requests: 0, pendingCalls: 0, deadlines: 0, devices: 0, timers: 0 };
      assert.deepEqual(left, nothing);
    },
  },
  {
    rule: 'TRN-24',
    title: 'closes connections that only ask, too, when credentials are revoked and when it stops',
    needs: 'idle-connection',
    async run(world) {
      const [revoked, stays] = [await world.connect('target'), await world.connect('asker')];
      await world.registry.revokeCredentials(world.devices.target.id);
      await revoked.untilClosed('of a device whose credentials were revoked');
      assert.equal(await stays.echo('1'), '1');
      const stopped = world.host.stop();
      await world.settle();
      await world.timers.advanceAsync(60_000);
      await world.within(stopped, 'the end of the host');
      await stays.untilClosed('when the host stopped');
    },
  },
];
