import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';
import { parse } from 'yaml';
import * as z from 'zod/mini';

/** The published description of the API, read apart from everything the emulator is made of. */
const file = new URL('../../fixtures/openapi-service-tokens.yaml', import.meta.url);

const responseShape = z.union([
  z.strictObject({ $ref: z.string() }),
  z.object({ description: z.string(), content: z.optional(z.record(z.string(), z.unknown())) }),
]);
const operationShape = z.object({
  operationId: z.string(),
  'x-required-access': z.object({ anyOf: z.array(z.string()), published: z.boolean() }),
  responses: z.record(z.string(), responseShape),
});
const methodShape = z.enum(['get', 'post', 'patch', 'delete']);
const documentShape = z.looseObject({
  paths: z.record(z.string(), z.looseObject({})),
  components: z.looseObject({ responses: z.record(z.string(), responseShape) }),
});

const content: unknown = parse(readFileSync(file, 'utf8'));
const document = documentShape.parse(content);
const ajv = new Ajv({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'api');

export interface DocumentedOperation {
  readonly id: string;
  readonly method: string;
  /** A template, without /v1. */
  readonly path: string;
  /** Accesses of which one is enough; published or not. */
  readonly anyOf: readonly string[];
  readonly published: boolean;
  readonly statuses: readonly string[];
}

export const OPERATIONS: readonly DocumentedOperation[] = Object.entries(document.paths).flatMap(
  ([path, item]) =>
    Object.entries(item).flatMap(([key, value]) => {
      if (!methodShape.safeParse(key).success) return [];
      const operation = operationShape.parse(value);
      const { anyOf, published } = operation['x-required-access'];
      const statuses = Object.keys(operation.responses);
      return [{ id: operation.operationId, method: key.toUpperCase(), path, anyOf, published, statuses }];
    }),
);

/** `operationId status` of every answer seen in this file's tests. */
export const seenAnswers = new Set<string>();

/** Not in the document for every operation, but an answer to a request that is no valid request at all. */
const ALWAYS_POSSIBLE = ['400', '413'];

/** Throws unless the document allows the answer. Unknown paths may only be answered with an error. */
export function checkAnswer(method: string, path: string, status: number, text: string): void {
  const operation = OPERATIONS.find((one) => one.method === method && template(one.path).test(path));
  const code = String(status);
  const where = `${method} ${path} -> ${code}`;
  if (!operation) {
    if (!['404', ...ALWAYS_POSSIBLE].includes(code)) throw new Error(`${where}: no such operation`);
    validate('#/components/schemas/Error', text, where);
    return;
  }
  seenAnswers.add(`${operation.id} ${code}`);
  if (!operation.statuses.includes(code)) {
    if (!ALWAYS_POSSIBLE.includes(code)) throw new Error(`${where}: undocumented status`);
    validate('#/components/schemas/Error', text, where);
    return;
  }
  const pointer = responsePointer(operation, code);
  if (pointer) validate(pointer, text, where);
  else if (status < 400 && text !== '') throw new Error(`${where}: a body where none is documented`);
}

function template(path: string): RegExp {
  return new RegExp(`^/v1${path.replace(/\{\w+\}/g, '[^/]+')}$`);
}

/** Where the schema of an answer is; undefined where the document has none. */
function responsePointer({ path, method, id }: DocumentedOperation, code: string): string | undefined {
  const key = method.toLowerCase();
  const operation = operationShape.parse(document.paths[path]?.[key]);
  const own = operation.responses[code];
  if (!own) throw new Error(`${id} has no response ${code}`);
  const shared = '$ref' in own ? own.$ref.replace('#/components/responses/', '') : undefined;
  const response = shared === undefined ? own : document.components.responses[shared];
  if (!response || '$ref' in response || !response.content) return undefined;
  const start =
    shared === undefined ? ['paths', path, key, 'responses', code] : ['components', 'responses', shared];
  const segments = [...start, 'content', 'application/json', 'schema'];
  return `#/${segments.map((segment) => encodeURIComponent(segment.replaceAll('/', '~1'))).join('/')}`;
}

const validators = new Map<string, ValidateFunction>();

function validate(pointer: string, text: string, where: string): void {
  let validator = validators.get(pointer);
  if (!validator) {
    validator = ajv.compile({ $ref: `api${pointer}` });
    validators.set(pointer, validator);
  }
  const body: unknown = JSON.parse(text);
  if (!validator(body)) throw new Error(`${where}: ${ajv.errorsText(validator.errors)}\n${text}`);
}
