import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

interface Responses {
  readonly [status: string]: { readonly content?: Readonly<Record<string, { readonly schema: object }>> };
}

/** An operation of the OpenAPI document, as far as tests look at it. */
export interface DocumentedOperation {
  readonly operationId: string;
  readonly responses: Responses;
  readonly 'x-roles'?: readonly string[];
  readonly parameters?: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: JsonShape }>> };
}

/** A schema of a body, as far as tests make bodies of it. */
export interface JsonShape {
  readonly type?: string | readonly string[];
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly properties?: Readonly<Record<string, JsonShape>>;
  readonly required?: readonly string[];
  readonly items?: JsonShape;
  readonly additionalProperties?: boolean | JsonShape;
}

/** Holds every answer against the OpenAPI document. */
export class DocumentCheck {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<object, ValidateFunction>();

  constructor(
    readonly document: {
      readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
      readonly components: { readonly schemas: { readonly Problem: object } };
    },
  ) {}

  /** All operations: method in upper case, path with `{id}`. */
  get operations(): readonly {
    readonly method: string;
    readonly path: string;
    readonly operation: DocumentedOperation;
  }[] {
    return Object.entries(this.document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
  }

  /** What of an answer is not as documented; answers of paths and methods that are not documented are. */
  problemsOf(method: string, url: string, status: number, type: string, body: unknown): readonly string[] {
    // Refused before there is an operation.
    if (status === 414) return [];
    const [pathname = ''] = url.split('?');
    const known = this.operations.find((one) => one.method === method && patternOf(one.path).test(pathname));
    if (known === undefined) return [];
    const response = known.operation.responses[String(status)];
    if (response === undefined) return [`${method} ${url}: the status ${status} is not documented`];
    if (response.content === undefined)
      return body === undefined ? [] : [`${method} ${url}: a body that nobody expects`];
    const media = type.split(';')[0] ?? '';
    if (!Object.hasOwn(response.content, media)) return [`${method} ${url}: ${status} as ${media} is not documented`];
    const { Problem } = this.document.components.schemas;
    const validate = this.validator(status >= 400 ? Problem : response.content[media]!.schema);
    return validate(body) ? [] : [`${method} ${url}: ${this.ajv.errorsText(validate.errors)}`];
  }

  private validator(schema: object): ValidateFunction {
    let validate = this.validators.get(schema);
    if (validate === undefined) this.validators.set(schema, (validate = this.ajv.compile(schema)));
    return validate;
  }
}

/** Fixed parts of a path come before those in braces: `/devices/import` is no `/devices/{id}`. */
function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/\{\w+\}/g, '(?!import$)[^/]+')}$`);
}
