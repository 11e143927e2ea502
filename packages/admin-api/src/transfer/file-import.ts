import type { AdminContext } from '../admin-context.js';
import { invalid, Problem } from '../problem/problem.js';
import type { ValueOf } from '../schemas/schema.js';
import { TENANT_FORMAT, type IMPORT_RESULT } from '../schemas/tenant-file.js';
import { ImportReport } from './import-report.js';
import { JsonSections, type JsonUnit } from './json-sections.js';
import { TenantImport } from './tenant-import.js';
import { importPluginFile, importRuleFile, isPluginFile, isRuleFile } from './thingsboard-import.js';

/** Longest file that is no export, bytes: it is held in memory, and a rule has some thousand. */
const MAX_SMALL_FILE = 1_048_576;

/**
 * Takes a file: the export of a tenant, known by its first member `format`, as a stream; or a plugin or rule file of
 * ThingsBoard 1.x, which is small.
 */
export class FileImport {
  private readonly report: ImportReport;
  private tenant: TenantImport | undefined;
  private readonly members: Record<string, unknown> = {};
  private isFirst = true;

  private constructor(
    private readonly context: AdminContext,
    private readonly tenantId: string,
  ) {
    this.report = new ImportReport(context.limits.maxFailedLines);
  }

  /** @throws Problem 400 when it is no such file, 413 when it is too large: what was read of an export before is taken */
  static async run(
    context: AdminContext,
    tenantId: string,
    file: AsyncIterable<Uint8Array>,
  ): Promise<ValueOf<typeof IMPORT_RESULT>> {
    const reading = new FileImport(context, tenantId);
    try {
      await reading.read(file);
    } finally {
      await reading.tenant?.finish();
    }
    await reading.finish();
    return reading.report.result();
  }

  private async read(file: AsyncIterable<Uint8Array>): Promise<void> {
    const sections = new JsonSections();
    let bytes = 0;
    for await (const piece of file) {
      bytes += piece.length;
      for (const unit of sections.push(piece)) await this.take(unit);
      const most = this.tenant === undefined ? MAX_SMALL_FILE : this.context.limits.maxImportBytes;
      if (bytes > most) throw new Problem(413, `The file has more than ${most} bytes.`);
    }
    sections.end();
  }

  private async take(unit: JsonUnit): Promise<void> {
    if (this.isFirst && unit.member === 'format') {
      this.tenant = new TenantImport(this.context, this.tenantId, this.report);
    }
    this.isFirst = false;
    if (this.tenant !== undefined) await this.tenant.take(unit);
    else if (unit.index === undefined) this.members[unit.member] = unit.value;
    else this.addElement(unit);
  }

  private addElement({ member, value }: JsonUnit): void {
    const known = Object.hasOwn(this.members, member) ? this.members[member] : undefined;
    if (Array.isArray(known)) known.push(value);
    else this.members[member] = [value];
  }

  private async finish(): Promise<void> {
    if (this.tenant !== undefined) return;
    const { context, tenantId, members, report } = this;
    if (isPluginFile(members)) await importPluginFile(context, tenantId, members, report);
    else if (isRuleFile(members)) await importRuleFile(context, tenantId, members, report);
    else
      throw invalid(
        '',
        `is no plugin or rule file of ThingsBoard 1.x, nor one that begins with "format":"${TENANT_FORMAT}"`,
      );
  }
}
