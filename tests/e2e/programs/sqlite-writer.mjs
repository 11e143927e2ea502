/**
 * Opens the SQLite database in the directory that it is given, and says so; then makes devices one after another, and
 * prints the name of each when the registry has acknowledged it. Ends when it is killed.
 */
import { DatabaseError, openDatabase } from '@device-messaging/registry-sql';

const [dataDir = ''] = process.argv.slice(2);
const ignore = () => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** @param {string} line */
function say(line) {
  process.stdout.write(`${line}\n`);
}

try {
  const { registry } = await openDatabase({ dataDir, logger });
  say('open');
  const tenant = await registry.createTenant({ title: 'Tenant' });
  for (let number = 0; ; number++) {
    const names = Array.from({ length: 3 }, (_, index) => `device-${number}-${index}`);
    const device = { tenantId: tenant.id, customerId: undefined, type: 'default' };
    await Promise.all(
      names.map(async (name) => {
        await registry.createDevice({ ...device, name });
        say(name);
      }),
    );
  }
} catch (error) {
  if (!(error instanceof DatabaseError)) throw error;
  say(`refused ${error.message}`);
}
