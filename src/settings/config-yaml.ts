import { parseDocument } from 'yaml';
import { Failure } from '../errors.ts';
import { text } from '../text.ts';
import { VARIABLES } from './variables.ts';

/** Keys this program reads; other commands of the official CLI may keep anything under theirs. */
const KNOWN_KEYS = new Set<string>(Object.values(VARIABLES).map(({ name }) => name));

/**
 * The keys and values of a configuration file.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG for what is not a YAML mapping, or a known key whose value is not a text
 */
export function parseConfig(content: string, path: string): Record<string, string> {
  // The failsafe schema keeps every scalar a text: an id such as 012345678901 must not become a number.
  const document = parseDocument(content, { schema: 'failsafe' });
  const [problem] = document.errors;
  if (problem) throw malformed(path, problem.message.split('\n')[0] ?? 'not YAML');
  const root: unknown = document.toJS();
  if (root === null || root === undefined || root === '') return {};
  if (typeof root !== 'object' || Array.isArray(root))
    throw malformed(path, 'not a mapping of keys to values');
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(root)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'string') values[key] = value;
    else if (KNOWN_KEYS.has(key)) throw malformed(path, `the value of ${key} is not a text`);
    else values[key] = '';
  }
  return values;
}

function malformed(path: string, reason: string): Failure {
  return new Failure('INVALID_CONFIG', text`cannot read ${path}: ${reason}`, {
    hint: text`Mend ${path}: it holds one "key: value" a line, such as "org: acme".`,
  });
}
