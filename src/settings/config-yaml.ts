import { Composer, CST, isAlias, isMap, isScalar, Lexer, type ParsedNode, Parser, type Scalar } from 'yaml';
import { Failure } from '../errors.ts';
import { text, unstyled } from '../text.ts';
import { VARIABLES } from './variables.ts';

/** Far more than any configuration needs, and few enough that reading them takes no time. */
const MOST_KEYS = 1_000;
const MOST_ALIASES = 20;
const DEEPEST = 50;
const MOST_PARTS = 20_000;
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

function parseYaml(content: string, path: string) {
  // The failsafe schema keeps every scalar a text: an id such as 012345678901 must not become a number.
  // Warnings of the library would go to stderr by a way of its own.
  const composer = new Composer({ schema: 'failsafe', logLevel: 'error', prettyErrors: false });
  const [document, ...others] = composed(composer, content, path);
  const problem = document?.errors[0];
  if (problem) throw notYaml(content, path, problem.pos[0]);
  if (document === undefined || others.length > 0) throw malformed(path, 'it holds more than one document');
  return document;
}

function composed(composer: Composer<ParsedNode>, content: string, path: string) {
  try {
    return [...composer.compose(boundedTokens(content, path), true, content.length)];
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw malformed(path, 'it is not valid YAML');
  }
}

/**
 * The syntax tree, as far as it is worth a look: the library takes quadratic time for many keys, and long for
 * every mistake.
 */
function* boundedTokens(content: string, path: string): Generator<CST.Token> {
  const parser = new Parser();
  let keys = 0;
  let aliases = 0;
  let parts = 0;
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(content)) {
    const kind: CST.TokenType | undefined = isScalarNext ? undefined : (CST.tokenType(lexeme) ?? undefined);
    isScalarNext = kind === 'scalar';
    parts += kind === 'double-quoted-scalar' ? lexeme.split('\\').length : 1;
    if (kind === 'map-value-ind' || kind === 'explicit-key-ind') keys += 1;
    if (kind === 'alias') aliases += 1;
    if (keys > MOST_KEYS) throw malformed(path, 'it has more than 1,000 keys');
    if (aliases > MOST_ALIASES) throw malformed(path, `it has more than ${MOST_ALIASES} aliases`);
    if (parts > MOST_PARTS) throw malformed(path, 'it has more lines and values than any configuration');
    yield* wellFormed(parser.next(lexeme), content, path);
    if (parser.stack.length > DEEPEST) throw malformed(path, 'it is nested too deeply');
  }
  yield* wellFormed(parser.end(), content, path);
}

function* wellFormed(tokens: Iterable<CST.Token>, content: string, path: string): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw notYaml(content, path, token.offset);
    yield token;
  }
}

function notYaml(content: string, path: string, offset: number): Failure {
  return malformed(path, `it is not valid YAML${position(content, offset)}`);
}

function position(content: string, offset: number): string {
  const before = content.slice(0, offset).split('\n');
  return ` at line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

/** As YAML's core schema has it; in quotes it is a text like any other. */
function isUnset({ type, tag, value }: Scalar): boolean {
  return type === 'PLAIN' && tag === undefined && /^(|~|null|Null|NULL)$/.test(String(value));
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
