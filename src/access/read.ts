import { checkName } from '../api/path.ts';
import { type YamlBounds, YamlProblem } from '../files/bounded-yaml.ts';
import { type PositionedNode, readPositioned } from '../files/positioned-yaml.ts';
import { holdsSecret, placesOfSecrets } from '../settings/redaction.ts';
import { nearest } from '../text/nearest.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { endsInQuote } from '../values/name-pattern.ts';
import { type AccessFile, byText } from './access-file.ts';
import { Mistakes, type Path, shown } from './mistakes.ts';
import { checkIds, checkNames } from './names.ts';
import { accessFile, keysAt, type WrittenFile } from './shape.ts';
import { listedToken } from './token.ts';

/** Some thousand tokens, and few enough that reading them takes a second. */
const BOUNDS: YamlBounds = { keys: 50_000, parts: 400_000, aliases: 20, depth: 50 };

export interface ReadFile {
  readonly file: AccessFile;
  /** What may be a mistake. */
  readonly warnings: readonly Text[];
}

/**
 * Reads what such a file says. Nothing is asked of the API.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG that names each mistake with its line and column
 */
export function readAccessFile(content: string, path: string): ReadFile {
  refuseSecrets(content, path);
  const root = nodesOf(content, path);
  const mistakes = new Mistakes(content, path, root);
  const written = shaped(root, mistakes);
  const file = written && checked(written, mistakes);
  if (!file || mistakes.areThere) throw mistakes.failure();
  return { file, warnings: mistakes.warnings };
}

/** Also in comments: a file that is reviewed is read by many. */
function refuseSecrets(content: string, path: string): void {
  const mistakes = new Mistakes(content, path);
  for (const offset of placesOfSecrets(content)) mistakes.addAt(offset, SECRET);
  if (mistakes.areThere) throw mistakes.failure();
}

const SECRET: Text = text`the secret of a token: nothing of it belongs here`;

function nodesOf(content: string, path: string): PositionedNode {
  try {
    return readPositioned(content, BOUNDS);
  } catch (error) {
    if (!(error instanceof YamlProblem)) throw error;
    const mistakes = new Mistakes(content, path);
    mistakes.addAt(error.offset ?? 0, text`${unstyled(error.message)}`);
    throw mistakes.failure();
  }
}

/** What is there, in the form that a file has; undefined where it has another one. */
function shaped(root: PositionedNode, mistakes: Mistakes): WrittenFile | undefined {
  const parsed = accessFile.safeParse(plainValue(root, [], mistakes));
  if (parsed.success) return mistakes.areThere ? undefined : parsed.data;
  for (const issue of parsed.error.issues) {
    const { path } = issue;
    const node = mistakes.nodeAt(path);
    if (issue.code === 'unrecognized_keys')
      for (const key of issue.keys) unknownKey([...path, key], mistakes);
    else if (issue.code === 'invalid_key') mistakes.add(path, text`the name is empty`, 'key');
    else if (node === undefined) {
      mistakes.add(path.slice(0, -1), text`${String(path.at(-1) ?? 'it')} is missing`);
    } else if (node.kind !== 'unset') {
      const expected = issue.code === 'invalid_type' ? (FORMS[issue.expected] ?? 'mapping') : undefined;
      mistakes.add(path, misshapen(path, node, expected));
    }
  }
  return undefined;
}

function unknownKey(path: Path, mistakes: Mistakes): void {
  const key = String(path.at(-1));
  const keys = keysAt(path.slice(0, -1)) ?? [];
  const suggestion = nearest(key, keys);
  const advice = suggestion
    ? text`did you mean ${suggestion}?`
    : text`the keys here are ${unstyled(keys.join(', '))}`;
  mistakes.add(path, text`unknown key ${shown(key)}: ${advice}`, 'key');
}

/** The plain value of a node. What is not set is a mistake: whether it means none or anything, nobody can tell. */
function plainValue(node: PositionedNode, path: Path, mistakes: Mistakes): unknown {
  switch (node.kind) {
    case 'text':
      // Spelled with escapes, it was not seen in the text.
      if (holdsSecret(node.value)) mistakes.add(path, SECRET);
      return node.value;
    case 'unset': {
      const key = path.filter((part) => typeof part === 'string').at(-1);
      const isEntry = typeof path.at(-1) === 'number';
      const what = isEntry ? text`an entry of ${shown(String(key))}` : text`${shown(String(key))}`;
      const state =
        key === undefined
          ? text`the file holds nothing: expected a mapping that begins with version: 1`
          : text`${what} has no value: write [] or {} for none, or leave it out`;
      const at = key === undefined || isEntry ? 'value' : 'key';
      mistakes.add(path, state, at);
      return undefined;
    }
    case 'list':
      return node.items.map((item, index) => plainValue(item, [...path, index], mistakes));
    case 'map':
      return Object.fromEntries(
        [...node.entries].map(([key, { value, keyOffset }]) => {
          if (holdsSecret(key)) mistakes.addAt(keyOffset, SECRET);
          return [key, plainValue(value, [...path, key], mistakes)];
        }),
      );
  }
}

/** What the file says, checked for what its shape cannot say. */
function checked(
  { organization, owns, tokens = {}, absent = [] }: WrittenFile,
  mistakes: Mistakes,
): AccessFile {
  mistakes.check(['organization'], () => checkName(organization, 'organization name'));
  for (const [index, pattern] of owns.entries()) {
    if (endsInQuote(pattern)) {
      mistakes.add(['owns', index], text`${shown(pattern)} ends with a \\ that quotes nothing`);
    }
  }
  checkNames(owns, tokens, absent, mistakes);
  const listed = Object.entries(tokens)
    .sort(([one], [other]) => byText(one, other))
    .map(([name, token]) => listedToken(name, token, mistakes));
  checkIds(listed, mistakes);
  const gone = absent
    .map((name, index) => ({ name, at: mistakes.placeOf(['absent', index], 'value') }))
    .sort((one, other) => byText(one.name, other.name));
  const owned = owns.map((pattern, index) => {
    return { pattern, at: mistakes.placeOf(['owns', index], 'value') };
  });
  return { organization, owns: owned, tokens: listed, absent: gone };
}

type Form = 'text' | 'list' | 'mapping';

/** What the library calls the forms of a file. */
const FORMS: Readonly<Record<string, Form>> = {
  string: 'text',
  array: 'list',
  object: 'mapping',
  record: 'mapping',
};

const FORM_OF_NODE = { text: 'text', list: 'list', map: 'mapping' } as const;

/** What is wrong with the form of a value. @param expected another form, if it is that */
function misshapen(
  path: Path,
  node: Exclude<PositionedNode, { kind: 'unset' }>,
  expected: Form | undefined,
): Text {
  if (path.length === 0) return text`expected a mapping that begins with version: 1`;
  const value = node.kind === 'text' ? shown(node.value) : '';
  if (path[0] === 'version' && expected === undefined) {
    return text`version is ${value}, and this program knows version 1`;
  }
  const last = path.at(-1);
  const key = text`${shown(String(path.filter((part) => typeof part === 'string').at(-1)))}`;
  const what = typeof last === 'number' ? text`an entry of ${key}` : key;
  if (expected === undefined) {
    const isEmpty = node.kind === 'text' || (node.kind === 'list' && node.items.length === 0);
    return isEmpty ? text`${what} is empty` : text`${what} has more entries than the API takes`;
  }
  const form = FORM_OF_NODE[node.kind];
  const example = form === 'text' && expected === 'list' ? text`, such as [${value}]` : text``;
  const article = form === 'text' ? text`` : text`a `;
  const said = form === 'text' ? text` (${value})` : text``;
  const wanted = expected === 'text' ? text`text` : text`a ${unstyled(expected)}`;
  return text`${what} is ${article}${unstyled(form)}${said}: expected ${wanted}${example}`;
}
