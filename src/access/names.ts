import { checkName } from '../api/path.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { readMark } from '../tokens/rotation-mark.ts';
import { appearance, type Disguise, disguiseOf } from '../values/lookalike.ts';
import { fittingQuoted, patternOf } from '../values/name-pattern.ts';
import { canonicalName, isSameName, LONGEST_NAME, nameLength } from '../values/token-name.ts';
import { type ListedToken, nameOfUnfinished, unfinishedName } from './access-file.ts';
import { type Mistakes, type Path, type Side, shown } from './mistakes.ts';
import type { WrittenToken } from './shape.ts';

/** Each name is one that the file owns, and stands for one thing. */
export function checkNames(
  owns: readonly string[],
  tokens: Readonly<Record<string, WrittenToken>>,
  absent: readonly string[],
  mistakes: Mistakes,
): void {
  const isOwned = fittingQuoted(owns);
  const earlier = new Map<string, NameUse[]>();
  const seen = new Map<string, NameUse>();
  for (const use of nameUses(tokens, absent)) {
    const { name, path, kind, at } = use;
    const problem = nameProblem(name, kind);
    if (problem) mistakes.add(path, problem, at);
    else if (!isOwned(name)) {
      const own = JSON.stringify(patternOf(name));
      mistakes.add(path, text`${shown(name)} is not covered by owns: add ${own} there`, at);
    }
    const key = canonicalName(name);
    const same = earlier.get(key) ?? [];
    earlier.set(key, same);
    const other = same.find((one) => clash(one, use));
    if (other) {
      const where = mistakes.placeOf(other.path, other.at);
      mistakes.add(path, text`${shown(name)} is there already, at ${where}: a name stands for one thing`, at);
    }
    same.push(use);
    if (!problem) warnOfDisguise(use, seen, mistakes);
  }
  refuseCycles(tokens, mistakes);
}

/** Warns of a name that people would take for another one. @param seen the first of each appearance */
function warnOfDisguise(use: NameUse, seen: Map<string, NameUse>, mistakes: Mistakes): void {
  const { name, path, at } = use;
  const disguise = disguiseOf(name);
  if (disguise) mistakes.warn(path, text`${shown(name)} ${inWords(disguise)}`, at);
  const other = seen.get(appearance(name));
  if (!other) seen.set(appearance(name), use);
  else if (!isSameName(other.name, name)) {
    const where = mistakes.placeOf(other.path, other.at);
    mistakes.warn(
      path,
      text`${shown(name)} looks like ${shown(other.name)}, at ${where}, and is another name`,
      at,
    );
  }
}

function inWords(disguise: Disguise): Text {
  if (disguise.kind === 'blank') return text`begins or ends with a blank`;
  const code = (disguise.letter.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return disguise.kind === 'invisible'
    ? text`contains U+${unstyled(code)}, which is not visible`
    : text`mixes scripts within a word: ${disguise.letter} is U+${unstyled(code)}`;
}

/** Names that are handed on in a circle: whose token is whose afterwards, nobody can tell. */
function refuseCycles(tokens: Readonly<Record<string, WrittenToken>>, mistakes: Mistakes): void {
  const heirs = new Map(
    Object.entries(tokens).flatMap(([name, { previously = [] }]) =>
      previously.flatMap((former) =>
        isSameName(former, name) ? [] : [[canonicalName(former), canonicalName(name)] as const],
      ),
    ),
  );
  const done = new Set<string>();
  for (const start of heirs.keys()) {
    const trail = new Set<string>();
    for (let name = heirs.get(start); name !== undefined && !done.has(name); name = heirs.get(name)) {
      if (trail.has(name)) {
        const names = [...trail];
        const circle = [...names.slice(names.indexOf(name)), name];
        mistakes.add(
          ['tokens', name, 'previously'],
          text`names are handed on in a circle: ${unstyled(circle.map(shown).join(' → '))}`,
          'key',
        );
        break;
      }
      trail.add(name);
    }
    for (const name of trail) done.add(name);
  }
}

/** No two tokens are one. */
export function checkIds(tokens: readonly ListedToken[], mistakes: Mistakes): void {
  const seen = new Map<string, string>();
  for (const { id, name } of tokens) {
    if (id === undefined) continue;
    mistakes.check(['tokens', name, 'id'], () => checkName(id, 'token id'));
    const other = seen.get(id);
    if (other !== undefined) {
      mistakes.add(['tokens', name, 'id'], text`${shown(id)} is the id of ${shown(other)} already`);
    }
    seen.set(id, name);
  }
}

/** A name in the file, and what it is there for. */
interface NameUse {
  readonly name: string;
  readonly kind: 'tokens' | 'previously' | 'absent';
  readonly path: Path;
  readonly at: Side;
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
  return !isHandedOn || isSameName(one.name, String(other.path[1]));
}

/** Why a name cannot stand in such a file. */
function nameProblem(name: string, kind: NameUse['kind']): Text | undefined {
  if (name === '') return text`the name is empty`;
  if (/\p{Cc}|\p{Cs}/u.test(name)) return text`${shown(name)} contains a control character`;
  const length = nameLength(name);
  const most = LONGEST_NAME - (kind === 'tokens' ? nameLength(unfinishedName('')) : 0);
  if (length > most) {
    return text`${shown(name)} has ${unstyled(length)} characters: a name here has at most ${unstyled(most)}`;
  }
  // What has such a name, and only looks like one, is to be deleted by it.
  if (kind === 'absent') return undefined;
  if (nameOfUnfinished(name) !== undefined) {
    return text`${shown(name)} is what apply calls a token until it is finished: choose another name`;
  }
  if (readMark(name)) return text`${shown(name)} is what rotate calls a token that it has replaced`;
  return undefined;
}
