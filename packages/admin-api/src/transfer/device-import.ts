import { RegistryError } from '@device-messaging/host-api';
import type { AdminContext } from '../admin-context.js';
import { tokenSecret } from '../devices/device-secrets.js';
import { compileSchema } from '../http/schema-compiler.js';
import { invalid, Problem } from '../problem/problem.js';
import { schemaProblems } from '../problem/schema-problems.js';
import { CSV_DEVICE, type CSV_RESULT } from '../schemas/csv-import.js';
import type { ValueOf } from '../schemas/schema.js';
import { CsvColumns, type CsvRow } from './csv-columns.js';
import { CsvParser, type CsvLine } from './csv-parser.js';
import { CustomerTitles } from './customer-titles.js';
import { WorkWindow } from './work-window.js';

/** Devices that are made at the same time: a store writes them together, and no more than these are in memory. */
const AT_ONCE = 1_024;

const checkRow = compileSchema({ schema: CSV_DEVICE, method: 'POST', url: '', httpPart: 'body' });

type Result = ValueOf<typeof CSV_RESULT>;

/** Takes the devices of a CSV file, line by line; a line that cannot be taken is named, the others are taken. */
export class DeviceImport {
  private columns: CsvColumns | undefined;
  private created = 0;
  private failedCount = 0;
  private readonly failed: Result['failed'][number][] = [];
  private readonly window = new WorkWindow(AT_ONCE);

  private constructor(
    private readonly context: AdminContext,
    private readonly tenantId: string,
    private readonly customers: CustomerTitles,
  ) {}

  /** @throws Problem 400 when the header is wrong, 413 when the file is too large: what was read before is taken */
  static async run(context: AdminContext, tenantId: string, file: AsyncIterable<Uint8Array>): Promise<Result> {
    const customers = await CustomerTitles.read(context.registry, tenantId, () => undefined);
    return new DeviceImport(context, tenantId, customers).read(file);
  }

  private async read(file: AsyncIterable<Uint8Array>): Promise<Result> {
    const parser = new CsvParser();
    const { maxCsvBytes } = this.context.limits;
    let bytes = 0;
    try {
      for await (const piece of file) {
        bytes += piece.length;
        if (bytes > maxCsvBytes) throw new Problem(413, `The file has more than ${maxCsvBytes} bytes.`);
        await this.takeLines(parser.push(piece));
      }
      await this.takeLines(parser.end());
    } finally {
      await this.window.settle();
    }
    this.window.throwFailure();
    if (this.columns === undefined) throw invalid('name', 'is missing: the first line is the header');
    return this.result();
  }

  private async takeLines(lines: readonly CsvLine[]): Promise<void> {
    for (const line of lines) {
      if (this.columns !== undefined) await this.takeLine(line, this.columns);
      else if ('fields' in line) this.columns = CsvColumns.read(line.fields);
      else throw invalid('', `The header ${line.problem}`);
    }
  }

  private async takeLine(line: CsvLine, columns: CsvColumns): Promise<void> {
    if ('problem' in line) {
      this.fail(line.line, line.problem);
      return;
    }
    const row = columns.row(line.fields);
    if (typeof row === 'string') this.fail(line.line, row);
    else if (checkRow(row) === true) await this.takeRow(line.line, row);
    else this.fail(line.line, reasonOf(checkRow.errors ?? []));
  }

  private async takeRow(line: number, { name = '', type = 'default', customer, token }: CsvRow): Promise<void> {
    const customerId = customer === undefined ? undefined : await this.customers.find(customer);
    if (customerId === 'several') {
      this.fail(line, 'customer: several have this title');
      return;
    }
    const device = { tenantId: this.tenantId, name, type, customerId };
    // Not waited for one by one: the order of the calls is the order of age.
    await this.window.add(this.create(line, device, token));
  }

  private async create(
    line: number,
    device: {
      readonly tenantId: string;
      readonly name: string;
      readonly type: string;
      readonly customerId: string | undefined;
    },
    token: string | undefined,
  ): Promise<void> {
    try {
      await this.context.registry.createDevice(device, token === undefined ? undefined : tokenSecret(token));
      this.created++;
    } catch (error) {
      if (!(error instanceof RegistryError)) throw error;
      this.fail(line, error.message);
    }
  }

  private fail(line: number, reason: string): void {
    this.failedCount++;
    if (this.failed.length < this.context.limits.maxFailedLines) this.failed.push({ line, reason });
  }

  private result(): Result {
    const failed = this.failed.toSorted((one, other) => one.line - other.line);
    return { created: this.created, failedCount: this.failedCount, failed };
  }
}

function reasonOf(errors: NonNullable<typeof checkRow.errors>): string {
  return schemaProblems(errors)
    .map(({ path, message }) => `${path} ${message}`)
    .join('; ');
}
