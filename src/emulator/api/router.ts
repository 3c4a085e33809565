import { badRequest } from './api-failure.ts';
import type { Operation } from './operation.ts';

export interface Match {
  readonly operation: Operation;
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * The operation that answers a method and a path as sent. The path is taken apart before it is decoded:
 * an encoded slash belongs to a name and never becomes a separator, and `..` is a name like any other.
 *
 * @throws ApiFailure 400 for a path with a malformed percent-encoding
 */
export function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
): Match | undefined {
  const segments = path.split('/').map(decoded);
  for (const operation of operations) {
    if (operation.method !== method) continue;
    const parameters = matchTemplate(operation.path.split('/'), segments);
    if (parameters) return { operation, parameters };
  }
  return undefined;
}

function matchTemplate(
  template: readonly string[],
  segments: readonly string[],
): Map<string, string> | undefined {
  if (template.length !== segments.length) return undefined;
  const parameters = new Map<string, string>();
  for (const [index, part] of template.entries()) {
    const segment = segments[index] ?? '';
    const name = /^\{(.+)\}$/.exec(part)?.[1];
    if (name === undefined) {
      if (part !== segment) return undefined;
    } else {
      parameters.set(name, segment);
    }
  }
  return parameters;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw badRequest('The path contains a malformed percent-encoding');
  }
}
