import { createHash } from 'node:crypto';

/** The parts of an OpenAPI document that the page shows. */
interface Described {
  readonly info: { readonly title: string; readonly description?: string };
  readonly paths?: Readonly<Record<string, Readonly<Record<string, ShownOperation>>>>;
}

interface ShownOperation {
  readonly operationId?: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags?: readonly string[];
  readonly 'x-roles'?: readonly string[];
  readonly parameters?: readonly ShownParameter[];
  readonly requestBody?: { readonly content: ShownContent };
  readonly responses?: Readonly<Record<string, { readonly description?: string; readonly content?: ShownContent }>>;
}

interface ShownParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema?: { readonly type?: unknown; readonly description?: string };
}

type ShownContent = Readonly<Record<string, { readonly schema?: unknown }>>;

const STYLE = `
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h2{margin-top:2.5rem;border-bottom:1px solid #8888}
details{border:1px solid #8886;border-radius:.4rem;margin:.5rem 0;padding:.4rem .8rem}
summary{cursor:pointer}
summary code{font-weight:600}
.method{display:inline-block;min-width:4.2rem}
.roles{float:right;font-size:.8rem;opacity:.75}
pre{overflow:auto;max-height:24rem;background:#8881;padding:.6rem;border-radius:.3rem;font-size:.85rem}
table{border-collapse:collapse}
td,th{text-align:left;padding:.15rem .8rem .15rem 0;vertical-align:top}
`;

/** No script at all, nothing from elsewhere, and one style, known by its hash. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** The OpenAPI document as one page of plain HTML. */
export function documentationPage(document: object): string {
  const { info, paths = {} } = document as Described;
  const operations = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const tags = [...new Set(operations.map(({ operation }) => operation.tags?.[0] ?? 'Other'))];
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) => (operation.tags?.[0] ?? 'Other') === tag);
    return `<h2>${escaped(tag)}</h2>${own.map((one) => operationHtml(one.method, one.path, one.operation)).join('')}`;
  });
  return (
    `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
    `<title>${escaped(info.title)}</title><style>${STYLE}</style></head><body><h1>${escaped(info.title)}</h1>` +
    `<p>${escaped(info.description ?? '')}</p><p>For programs: <a href="openapi.json">openapi.json</a></p>` +
    `${sections.join('')}</body></html>`
  );
}

function operationHtml(method: string, path: string, operation: ShownOperation): string {
  const { operationId = '', summary = '', description = '', parameters = [], requestBody, responses = {} } = operation;
  const roles = operation['x-roles']?.join(', ') ?? 'anyone';
  return (
    `<details id="${escaped(operationId)}"><summary><span class="roles">${escaped(roles)}</span>` +
    `<code><span class="method">${method.toUpperCase()}</span>${escaped(path)}</code> ${escaped(summary)}</summary>` +
    `<p>${escaped(description)}</p>${parametersHtml(parameters)}` +
    `${requestBody === undefined ? '' : `<h4>Body</h4>${contentHtml(requestBody.content)}`}` +
    `<h4>Answers</h4><table>${Object.entries(responses).map(responseHtml).join('')}</table></details>`
  );
}

function parametersHtml(parameters: readonly ShownParameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${escaped(name)}</code></td><td>${escaped(place)}${required === true ? ', required' : ''}</td>` +
      `<td>${escaped(String(schema?.type ?? ''))}</td><td>${escaped(schema?.description ?? '')}</td></tr>`,
  );
  return `<h4>Parameters</h4><table>${rows.join('')}</table>`;
}

function responseHtml([status, { description = '', content }]: [
  string,
  { readonly description?: string; readonly content?: ShownContent },
]): string {
  // All refusals look the same; only what is asked for is worth its schema.
  const body = content !== undefined && status.startsWith('2') ? contentHtml(content) : '';
  return `<tr><td>${escaped(status)}</td><td>${escaped(description)}${body}</td></tr>`;
}

function contentHtml(content: ShownContent): string {
  return Object.entries(content)
    .map(([type, { schema }]) => `<p><code>${escaped(type)}</code></p><pre>${escaped(jsonOf(schema))}</pre>`)
    .join('');
}

function jsonOf(schema: unknown): string {
  return schema === undefined ? '' : JSON.stringify(schema, null, 2);
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character] ?? character);
}
