import type { AccessChange } from '../api/client.ts';
import { checkName } from '../api/path.ts';
import { parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { parseInteger } from '../integer.ts';
import { endsInQuote, fitsQuotedPattern, patternOf } from '../name-pattern.ts';
import { nearest } from '../nearest.ts';
import { isEverything, parseNetwork } from '../networks.ts';
import { doubtAbout } from '../permission-doubt.ts';
import { LONGEST_NAME, readMark } from '../rotation-mark.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../scope.ts';
import { positionAt, type YamlBounds, YamlProblem } from '../settings/bounded-yaml.ts';
import { type PositionedNode, readPositioned } from '../settings/positioned-yaml.ts';
import { holdsSecret } from '../settings/redaction.ts';
import { lines, type Text, text, unstyled } from '../text.ts';
import {
  type AccessFile,
  byText,
  type ListedToken,
  nameOfUnfinished,
  unfinishedName,
} from './access-file.ts';
import { accessFile, keysAt, type WrittenFile, type WrittenToken } from './shape.ts';

/** Some thousand tokens, and few enough that reading them takes a second. */
const BOUNDS: YamlBounds = { keys: 50_000, parts: 400_000, aliases: 20, depth: 50 };
/** So many mistakes are named; the others come to light when these are mended. */
const MOST_PROBLEMS = 20;

/** A way through the file: keys, and places in lists. */
type Path = readonly PropertyKey[];

export interface ReadFile {
  readonly file: AccessFile;
  readonly warnings: readonly Text[];
}

/**
 * Reads what such a file says. Nothing is asked of the API.
 *
 * @param path what messages call the file
 * @throws Failure INVALID_CONFIG that names each mistake with its line and column
 */
export function readAccessFile(content: string, path: string): ReadFile {
  return new Reader(content, path).read();
}

class Reader {
  private readonly content: string;
  private readonly path: string;
  private root: PositionedNode = { kind: 'unset', offset: 0 };
  private readonly problems: { readonly offset: number; readonly words: Text }[] = [];
  private readonly warnings: Text[] = [];

  constructor(content: string, path: string) {
    this.content = content;
    this.path = path;
  }

  read(): ReadFile {
    try {
      this.root = readPositioned(this.content, BOUNDS);
    } catch (error) {
      if (!(error instanceof YamlProblem)) throw error;
      throw this.failure([{ offset: error.offset ?? 0, words: text`${unstyled(error.message)}` }]);
    }
    const written = this.shaped();
    const file = written && this.checked(written);
    if (!file || this.problems.length > 0) throw this.failure(this.problems);
    return { file, warnings: this.warnings };
  }

  /** What is there, in the form that a file has; undefined where it has another one. */
  private shaped(): WrittenFile | undefined {
    const parsed = accessFile.safeParse(this.valueOf(this.root, []));
    if (parsed.success) return this.problems.length === 0 ? parsed.data : undefined;
    for (const issue of parsed.error.issues) {
      const { path } = issue;
      const node = this.nodeAt(path);
      if (issue.code === 'unrecognized_keys') for (const key of issue.keys) this.unknownKey([...path, key]);
      else if (node === undefined) {
        this.report(path.slice(0, -1), text`${String(path.at(-1) ?? 'it')} is missing`, 'value');
      } else if (node.kind !== 'unset') {
        const expected = issue.code === 'invalid_type' ? (FORMS[issue.expected] ?? 'mapping') : undefined;
        this.report(path, misshapen(path, node, expected), 'value');
      }
    }
    return undefined;
  }

  private unknownKey(path: Path): void {
    const key = String(path.at(-1));
    const keys = keysAt(path.slice(0, -1)) ?? [];
    const suggestion = nearest(key, keys);
    const advice = suggestion
      ? text`did you mean ${suggestion}?`
      : text`the keys here are ${unstyled(keys.join(', '))}`;
    this.report(path, text`unknown key ${shown(key)}: ${advice}`, 'key');
  }

  /** The plain value of a node. What is not set is a mistake: whether it means none or anything, nobody can tell. */
  private valueOf(node: PositionedNode, path: Path): unknown {
    switch (node.kind) {
      case 'text':
        if (holdsSecret(node.value)) {
          this.report(path, text`the secret of a token: nothing of it belongs here`, 'value');
        }
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
        this.report(path, state, at);
        return undefined;
      }
      case 'list':
        return node.items.map((item, index) => this.valueOf(item, [...path, index]));
      case 'map':
        return Object.fromEntries(
          node.entries.map(({ key, value, keyOffset }) => {
            if (holdsSecret(key)) {
              this.problems.push({
                offset: keyOffset,
                words: text`the secret of a token: nothing of it belongs here`,
              });
            }
            return [key, this.valueOf(value, [...path, key])];
          }),
        );
    }
  }

  private checked({ organization, owns, tokens = {}, absent = [] }: WrittenFile): AccessFile {
    this.check(['organization'], () => checkName(organization, 'organization name'));
    for (const [index, pattern] of owns.entries()) {
      if (endsInQuote(pattern)) {
        this.report(['owns', index], text`${shown(pattern)} ends with a \\ that quotes nothing`, 'value');
      }
    }
    this.checkNames(owns, tokens, absent);
    const listed = Object.entries(tokens)
      .sort(([one], [other]) => byText(one, other))
      .map(([name, token]) => this.listed(name, token));
    this.checkIds(listed);
    return { organization, owns, tokens: listed, absent: [...absent].sort(byText) };
  }

  /** Each name is one that the file owns, and stands for one thing. */
  private checkNames(
    owns: readonly string[],
    tokens: Readonly<Record<string, WrittenToken>>,
    absent: readonly string[],
  ): void {
    const earlier: NameUse[] = [];
    for (const use of nameUses(tokens, absent)) {
      const { name, path, kind, at } = use;
      const problem = nameProblem(name, kind);
      if (problem) this.report(path, problem, at);
      else if (!owns.some((pattern) => fitsQuotedPattern(name, pattern))) {
        const own = JSON.stringify(patternOf(name));
        this.report(path, text`${shown(name)} is not covered by owns: add ${own} there`, at);
      }
      const other = earlier.find((one) => one.name === name && clash(one, use));
      if (other) {
        const where = this.placeOf(other.path, other.at);
        this.report(
          path,
          text`${shown(name)} is there already, at ${where}: a name stands for one thing`,
          at,
        );
      }
      earlier.push(use);
    }
    this.refuseCycles(tokens);
  }

  /** Names that are handed on in a circle: whose token is whose afterwards, nobody can tell. */
  private refuseCycles(tokens: Readonly<Record<string, WrittenToken>>): void {
    const heirs = new Map(
      Object.entries(tokens).flatMap(([name, { previously = [] }]) =>
        previously.flatMap((former) => (former === name ? [] : [[former, name] as const])),
      ),
    );
    const done = new Set<string>();
    for (const start of heirs.keys()) {
      const trail: string[] = [];
      for (let name = heirs.get(start); name !== undefined && !done.has(name); name = heirs.get(name)) {
        if (trail.includes(name)) {
          const circle = [...trail.slice(trail.indexOf(name)), name];
          this.report(
            ['tokens', name, 'previously'],
            text`names are handed on in a circle: ${unstyled(circle.map(shown).join(' → '))}`,
            'key',
          );
          break;
        }
        trail.push(name);
      }
      for (const name of trail) done.add(name);
    }
  }

  private checkIds(tokens: readonly ListedToken[]): void {
    const seen = new Map<string, string>();
    for (const { id, name } of tokens) {
      if (id === undefined) continue;
      this.check(['tokens', name, 'id'], () => checkName(id, 'token id'));
      const other = seen.get(id);
      if (other !== undefined) {
        this.report(['tokens', name, 'id'], text`${shown(id)} is the id of ${shown(other)} already`, 'value');
      }
      seen.set(id, name);
    }
  }

  private listed(name: string, { id, access, cidrs, ttl, previously = [] }: WrittenToken): ListedToken {
    const path = ['tokens', name];
    return {
      name,
      at: this.placeOf(path, 'key'),
      id,
      access: access && this.accessOf(access, [...path, 'access']),
      cidrs: cidrs && this.networksOf(cidrs, [...path, 'cidrs']),
      ttl: ttl === undefined ? undefined : this.secondsOf(ttl, [...path, 'ttl']),
      previously,
    };
  }

  private accessOf(
    { organization = [], databases = {} }: NonNullable<WrittenToken['access']>,
    path: Path,
  ): AccessChange[] {
    const scopes: [AccessScope, readonly string[], Path][] = [
      [ORGANIZATION_LEVEL, organization, [...path, 'organization']],
      ...Object.entries(databases)
        .sort(([one], [other]) => byText(one, other))
        .map(([database, names]): [AccessScope, readonly string[], Path] => [
          database,
          names,
          [...path, 'databases', database],
        ]),
    ];
    return scopes.flatMap(([database, names, at]) => {
      if (database !== ORGANIZATION_LEVEL) this.check(at, () => checkName(database, 'database name'), 'key');
      for (const [index, name] of names.entries())
        this.checkPermission(name, database, [...at, index], names);
      return names.length === 0 ? [] : [{ database, access: [...names].sort(byText) }];
    });
  }

  private checkPermission(name: string, scope: AccessScope, path: Path, all: readonly string[]): void {
    if (/[*?]/.test(name)) {
      this.report(path, text`${shown(name)} is a wildcard: name each permission here`, 'value');
      return;
    }
    if (!/^[^\s,=\p{Cc}]+$/u.test(name)) {
      this.report(path, text`${shown(name)} is not a valid permission name`, 'value');
      return;
    }
    if (all.indexOf(name) < Number(path.at(-1))) {
      this.report(path, text`${shown(name)} is there twice`, 'value');
      return;
    }
    const kind = scope === ORGANIZATION_LEVEL ? 'organization' : 'database';
    const doubt = doubtAbout(name, kind, (_, where) =>
      where === 'organization' ? 'access.organization' : 'access.databases.<database>',
    );
    if (doubt?.certain) this.report(path, text`${doubt.message}. ${doubt.advice}`, 'value');
    else if (doubt) this.warnings.push(text`${this.placeOf(path, 'value')}: ${doubt.message}`);
  }

  private networksOf(cidrs: readonly string[], path: Path): string[] {
    const networks: string[] = [];
    for (const [index, entry] of cidrs.entries()) {
      const parsed = parseNetwork(entry);
      if ('problem' in parsed) {
        this.report([...path, index], text`${shown(entry)}: ${unstyled(parsed.problem)}`, 'value');
      } else if (parsed.hadHostBits) {
        this.report(
          [...path, index],
          text`${shown(entry)} has host bits set: write ${parsed.network}`,
          'value',
        );
      } else if (networks.includes(parsed.network)) {
        this.report([...path, index], text`${shown(entry)} is there twice`, 'value');
      } else networks.push(parsed.network);
    }
    if (networks.length > 0 && isEverything(networks)) {
      this.report(path, text`cidrs covers every address: write [] for no restriction`, 'value');
    }
    return networks.sort(byText);
  }

  /** Seconds; undefined for no end, as `--ttl 0`. */
  private secondsOf(ttl: string, path: Path): number | undefined {
    const integer = parseInteger(ttl);
    const seconds =
      integer.kind === 'integer'
        ? integer.value
        : integer.kind === 'ambiguous'
          ? Number.NaN
          : (parseDuration(ttl) ?? Number.NaN) / 1_000;
    if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds || undefined;
    this.report(path, text`invalid ttl ${shown(ttl)}: use seconds or a duration such as 12h or 90d`, 'value');
    return undefined;
  }

  /** Reports what a check of another part of the program refuses. */
  private check(path: Path, attempt: () => unknown, at: 'key' | 'value' = 'value'): void {
    try {
      attempt();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.report(path, failure.text, at);
    }
  }

  private report(path: Path, words: Text, at: 'key' | 'value'): void {
    this.problems.push({ offset: this.offsetOf(path, at), words });
  }

  private nodeAt(path: Path): PositionedNode | undefined {
    let node: PositionedNode | undefined = this.root;
    for (const part of path) {
      node =
        node?.kind === 'map'
          ? node.entries.find(({ key }) => key === part)?.value
          : node?.kind === 'list'
            ? node.items[Number(part)]
            : undefined;
    }
    return node;
  }

  private offsetOf(path: Path, at: 'key' | 'value'): number {
    const parent = this.nodeAt(path.slice(0, -1));
    if (at === 'key' && parent?.kind === 'map') {
      const entry = parent.entries.find(({ key }) => key === path.at(-1));
      if (entry) return entry.keyOffset;
    }
    return this.nodeAt(path)?.offset ?? parent?.offset ?? 0;
  }

  private placeOf(path: Path, at: 'key' | 'value'): string {
    return this.place(this.offsetOf(path, at));
  }

  private place(offset: number): string {
    const { line, column } = positionAt(this.content, offset);
    return `${this.path}:${line}:${column}`;
  }

  private failure(problems: readonly { readonly offset: number; readonly words: Text }[]): Failure {
    const inOrder = problems.toSorted((one, other) => one.offset - other.offset);
    const issues = inOrder
      .slice(0, MOST_PROBLEMS)
      .map(({ offset, words }) => text`${this.place(offset)}: ${words}`);
    const rest = inOrder.length - issues.length;
    const more = rest > 0 ? [text`and ${unstyled(rest)} more`] : [];
    return new Failure('INVALID_CONFIG', lines(...issues, ...more), {
      issues,
      nextSteps: [`Fix ${this.path}`],
    });
  }
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

/** No more of a value is shown. */
const LONGEST_SHOWN = 80;

function shown(value: string): string {
  const short = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return JSON.stringify(short);
}

/** A name in the file, and what it is there for. */
interface NameUse {
  readonly name: string;
  readonly kind: 'tokens' | 'previously' | 'absent';
  readonly path: Path;
  readonly at: 'key' | 'value';
}

function nameUses(
  tokens: Readonly<Record<string, WrittenToken>>,
  absent: readonly string[],
): readonly NameUse[] {
  return [
    ...Object.keys(tokens).map(
      (name): NameUse => ({ name, path: ['tokens', name], kind: 'tokens', at: 'key' }),
    ),
    ...Object.entries(tokens).flatMap(([of, { previously = [] }]) =>
      previously.map((name, index): NameUse => {
        return { name, path: ['tokens', of, 'previously', index], kind: 'previously', at: 'value' };
      }),
    ),
    ...absent.map((name, index): NameUse => ({ name, path: ['absent', index], kind: 'absent', at: 'value' })),
  ];
}

/** Whether two uses of a name cannot both be meant. A token may take the name that another one gives up. */
function clash(one: NameUse, other: NameUse): boolean {
  const isHandedOn = one.kind === 'tokens' && other.kind === 'previously';
  return !isHandedOn || one.name === other.path[1];
}

/** Why a name cannot stand in such a file. */
function nameProblem(name: string, kind: NameUse['kind']): Text | undefined {
  if (name === '') return text`the name is empty`;
  if (/\p{Cc}|\p{Cs}/u.test(name)) return text`${shown(name)} contains a control character`;
  if ([...(kind === 'tokens' ? unfinishedName(name) : name)].length > LONGEST_NAME) {
    return text`${shown(name)} is longer than a name can be`;
  }
  if (nameOfUnfinished(name) !== undefined) {
    return text`${shown(name)} is what apply calls a token until it is finished: choose another name`;
  }
  if (readMark(name)) return text`${shown(name)} is what rotate calls a token that it has replaced`;
  return undefined;
}
