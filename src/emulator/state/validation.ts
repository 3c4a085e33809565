import { en } from 'zod/locales';
import * as z from 'zod/mini';
import { toDotPath } from 'zod/v4/core';

const english = en();

/** A value of the schema's type, or what is wrong with the given one, in one line that says where. */
export type Validated<Value> = { readonly value: Value } | { readonly problem: string };

/**
 * Checks a value that came from outside. The wording is passed along with the call, not configured:
 * zod's configuration is global, and the emulator shares its process with the rest of the program.
 */
export function validated<Schema extends z.core.$ZodType>(
  schema: Schema,
  value: unknown,
): Validated<z.output<Schema>> {
  const result = z.safeParse(schema, value, { error: english.localeError });
  if (result.success) return { value: result.data };
  const problems = result.error.issues.map(({ path, message }) =>
    path.length === 0 ? message : `${toDotPath(path)}: ${message}`,
  );
  return { problem: problems.join('; ') };
}
