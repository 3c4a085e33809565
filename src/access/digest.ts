import { createHash } from 'node:crypto';
import type { Change } from './access-changes.ts';

/** Where changes are made. */
export interface PlanPlace {
  readonly apiUrl: URL;
  readonly organization: string;
}

/**
 * What tells one plan from another, as 64 hexadecimal digits: SHA-256 of where it is made, and of the changes in
 * their order, each with its values before and after. What is only reported, and the bytes of the file, are no part
 * of it.
 */
export function digestOf(changes: readonly Change[], { apiUrl, organization }: PlanPlace): string {
  const content = canonicalJson({ api: apiUrl.href, organization, changes });
  return createHash('sha256').update(content).digest('hex');
}

/** JSON in one spelling: keys sorted, no white space. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value)
    .filter(([, part]) => part !== undefined)
    .sort(([one], [other]) => (one < other ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonicalJson(part)}`).join(',')}}`;
}
