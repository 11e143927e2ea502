import { compileSchema } from '../http/schema-compiler.js';
import { invalidAll } from '../problem/problem.js';
import { schemaProblems } from '../problem/schema-problems.js';
import type { ValueOf } from '../schemas/schema.js';
import { TENANT_FILE } from '../schemas/tenant-file.js';

const check = compileSchema({ schema: TENANT_FILE, method: 'POST', url: '', httpPart: 'body' });

/** @throws Problem 400 naming what is not as in an export */
export function checkTenantFile(file: object): ValueOf<typeof TENANT_FILE> {
  if (check(file) !== true) throw invalidAll(schemaProblems(check.errors ?? []));
  return file as ValueOf<typeof TENANT_FILE>;
}
