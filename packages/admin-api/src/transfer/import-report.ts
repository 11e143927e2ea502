import type { RequestProblem } from '../problem/problem.js';
import type { IMPORT_RESULT } from '../schemas/tenant-file.js';
import type { ValueOf } from '../schemas/schema.js';

type Result = ValueOf<typeof IMPORT_RESULT>;
type Kind = keyof Result['counts'];

const KINDS: Partial<Record<Kind, Result['created'][number]['kind']>> = {
  customers: 'customer',
  plugins: 'plugin',
  rules: 'rule',
};

/** What an import made of a file, and what it could not take. Lists are bounded, counts are not. */
export class ImportReport {
  private readonly counts: Record<Kind, number> = { customers: 0, plugins: 0, rules: 0, devices: 0 };
  private readonly created: Result['created'][number][] = [];
  private readonly problems: RequestProblem[] = [];
  private problemCount = 0;

  constructor(private readonly maxNamed: number) {}

  made(what: Kind, id: string, name: string): void {
    this.counts[what]++;
    const kind = KINDS[what];
    if (kind !== undefined && this.created.length < this.maxNamed) this.created.push({ kind, id, name });
  }

  unmapped(path: string, message: string): void {
    this.problemCount++;
    if (this.problems.length < this.maxNamed) this.problems.push({ path, message });
  }

  result(): Result {
    const { counts, created, problems, problemCount } = this;
    return { created, counts: { ...counts }, unmapped: problems, unmappedCount: problemCount };
  }
}
