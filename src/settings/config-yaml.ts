import { isAlias, isMap, isScalar } from 'yaml';
import { isUnset, parseBounded, positionsIn, type YamlBounds, YamlProblem } from '../files/bounded-yaml.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import { VARIABLES } from './variables.ts';

/** Far more than any configuration needs, and few enough that reading them takes no time. */
const BOUNDS: YamlBounds = { keys: 1_000, parts: 20_000, aliases: 20, depth: 50 };
const LONGEST_VALUE = 4_096;

/**
 * The keys and values of a configuration file; keys in lower case, since the official CLI reads them in any.
 * What has no value (nothing, `null` or `~` without quotes) is not there. What stands under keys that this
 * program does not read is no matter of its; they come with an empty value.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG for what is not a YAML mapping, is larger or deeper than any configuration,
 *   or has a key of ours twice or with a value that is not a text; the message quotes nothing of the file,
 *   which may hold a secret
 */
export function parseConfig(content: string, path: string, kind: 'project' | 'user'): Record<string, string> {
  const document = parseYaml(content, path);
  const root = document.contents;
  if (root === null || (isScalar(root) && isUnset(root))) return {};
  if (!isMap(root)) throw malformed(path, 'expected a mapping of keys to values');
  const values = new Map<string, string>();
  for (const { key: written, value } of root.items) {
    if (!isScalar(written) || typeof written.value !== 'string') continue;
    const key = written.value.toLowerCase();
    const found = isAlias(value) ? value.resolve(document) : value;
    if (found === null || (isScalar(found) && isUnset(found))) continue;
    if (!isOurs(key, kind)) {
      values.set(key, isScalar(found) && typeof found.value === 'string' ? found.value : '');
      continue;
    }
    if (values.has(key)) throw malformed(path, `${key} is set more than once, in different letter case`);
    if (!isScalar(found) || typeof found.value !== 'string') {
      throw malformed(path, `the value of ${key} is not text`);
    }
    if (found.value.length > LONGEST_VALUE) {
      throw malformed(path, `the value of ${key} is longer than ${LONGEST_VALUE} characters`);
    }
    values.set(key, found.value);
  }
  return Object.fromEntries(values);
}

/** The document of a configuration file. @throws Failure INVALID_CONFIG */
export function parseYaml(content: string, path: string) {
  try {
    return parseBounded(content, BOUNDS);
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const { message, offset } = error;
    if (offset === undefined) throw malformed(path, message);
    const { line, column } = positionsIn(content)(offset);
    throw malformed(path, `${message} at line ${line}, column ${column}`);
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
    hint: text`Fix ${path}: expected "key: value" lines, such as "org: acme".`,
  });
}
