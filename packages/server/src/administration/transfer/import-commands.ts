import type { Command } from 'commander';
import { EXIT_FAILED } from '../../command-line/exit-error.js';
import { administer } from '../administer.js';
import { addAdministrationOptions, newCommand, type AdministrationArguments } from '../administration-arguments.js';
import type { AdminClient, Row } from '../api/admin-client.js';
import { note, printRow } from '../output/print.js';
import { SentFile } from './sent-file.js';
import { UploadProgress } from './upload-progress.js';

/** How long a server may be busy with what it has of a file, ms. */
const PATIENCE_MS = 120_000;

interface DevicesResult {
  readonly created: number;
  readonly failedCount: number;
  readonly failed: readonly { readonly line: number; readonly reason: string }[];
}

interface FileResult {
  readonly created: readonly { readonly kind: string; readonly id: string; readonly name: string }[];
  readonly counts: Readonly<Record<string, number>>;
  readonly unmapped: readonly { readonly path: string; readonly message: string }[];
  readonly unmappedCount: number;
}

/** `devices import`. */
export function addDeviceImport(devices: Command): void {
  addAdministrationOptions(devices.command('import'))
    .description('Makes the devices of a CSV file. All lines that are right are taken; exit code 1 if some are not.')
    .argument('<file>', 'with a header: name,type,customer,token, of which name alone is needed; - is standard input')
    .action((file: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const result = await send<DevicesResult>(client, '/devices/import', file, 'text/csv');
        for (const { line, reason } of result.failed) note(`line ${line}: ${reason}`);
        noteRest(result.failedCount - result.failed.length, 'lines');
        if (args.json === true) await printRow({ ...result }, true);
        else process.stdout.write(`Devices made: ${result.created}. Lines not taken: ${result.failedCount}.\n`);
        if (result.failedCount > 0) process.exitCode = EXIT_FAILED;
      }),
    );
}

/** `import`. */
export function importCommand(): Command {
  return addAdministrationOptions(newCommand('import'))
    .description(
      'Takes a plugin or rule file of ThingsBoard 1.x, or what "export" wrote. Exit code 1 if nothing was made.',
    )
    .argument('<file>', 'JSON; - is standard input')
    .action((file: string, args: AdministrationArguments) =>
      administer(args, async (client) => {
        const result = await send<FileResult>(client, '/import', file, 'application/json');
        for (const { path, message } of result.unmapped) note(`${path}: ${message}`);
        noteRest(result.unmappedCount - result.unmapped.length, 'places');
        if (args.json === true) await printRow(result as unknown as Row, true);
        else printMade(result);
        if (Object.values(result.counts).every((count) => count === 0)) process.exitCode = EXIT_FAILED;
      }),
    );
}

async function send<T>(client: AdminClient, path: string, file: string, mediaType: string): Promise<T> {
  const progress = new UploadProgress();
  const body = new SentFile(file, mediaType, progress);
  try {
    return (await client.request<T>({ method: 'POST', path, body, patienceMs: PATIENCE_MS })).body;
  } finally {
    progress.end();
  }
}

/** The server names the first thousand. */
function noteRest(count: number, what: string): void {
  if (count > 0) note(`… and ${count} more ${what}`);
}

function printMade({ created, counts }: FileResult): void {
  for (const { kind, id, name } of created) process.stdout.write(`${kind} ${id} ${name}\n`);
  const made = Object.entries(counts).map(([kind, count]) => `${kind} ${count}`);
  process.stdout.write(`Made: ${made.join(', ')}.\n`);
}
