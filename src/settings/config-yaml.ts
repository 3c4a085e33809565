import { parseDocument } from 'yaml';
import { Failure } from '../errors.ts';
import { text, unstyled } from '../text.ts';
import { VARIABLES } from './variables.ts';

/**
 * The keys and values of a configuration file. What stands under keys that this program does not read
 * there is no matter of its; they come with an empty value.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG for what is not a YAML mapping, or a key of ours whose value is not a
 *   text; the message quotes nothing of the file, which may hold a secret
 */
export function parseConfig(content: string, path: string, kind: 'project' | 'user'): Record<string, string> {
  const root = parseYaml(content, path);
  if (root === null || root === undefined || root === '') return {};
  if (typeof root !== 'object' || Array.isArray(root))
    throw malformed(path, 'not a mapping of keys to values');
  const values: Record<string, string> = {};
  for (const [key, value] of Object.entries(root)) {
    if (value === null || value === undefined) continue;
    if (typeof value === 'string') values[key] = value;
    else if (isOurs(key, kind)) throw malformed(path, `the value of ${key} is not a text`);
    else values[key] = '';
  }
  return values;
}

function parseYaml(content: string, path: string): unknown {
  // The failsafe schema keeps every scalar a text: an id such as 012345678901 must not become a number.
  // Warnings of the library would go to stderr by a way of its own.
  const document = parseDocument(content, { schema: 'failsafe', logLevel: 'error', prettyErrors: true });
  const [problem] = document.errors;
  const [start] = problem?.linePos ?? [];
  if (problem)
    throw malformed(path, `not valid YAML${start ? ` at line ${start.line}, column ${start.col}` : ''}`);
  try {
    return document.toJS();
  } catch {
    throw malformed(path, 'an alias in it leads nowhere, or unfolds into too much');
  }
}

/** Whether this program reads the key from files of that kind. */
function isOurs(key: string, kind: 'project' | 'user'): boolean {
  return Object.values(VARIABLES).some(
    ({ name, files }) => name === key && files.some((candidate) => candidate === kind),
  );
}

function malformed(path: string, reason: string): Failure {
  return new Failure('INVALID_CONFIG', text`cannot read ${path}: ${unstyled(reason)}`, {
    hint: text`Mend ${path}: it holds one "key: value" a line, such as "org: acme".`,
  });
}
