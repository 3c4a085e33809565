import { Failure } from '../text/errors.ts';
import { lines, type Text, text } from '../text/text.ts';
import { patternsOverlap } from '../values/name-pattern.ts';
import { type AccessFile, byText } from './access-file.ts';

/**
 * Several files as one: what each says of the names that it owns. The order in which they are named does not count.
 *
 * @throws Failure INVALID_CONFIG for another organization, a name that two files own, and a token that two files pin
 */
export function mergeFiles(files: readonly AccessFile[]): AccessFile {
  const [first, ...others] = files;
  if (!first) throw new Error('no file was named');
  if (others.length === 0) return first;
  const problems = files.flatMap((file, index) =>
    files.slice(index + 1).flatMap((other) => problemsBetween(file, other)),
  );
  if (problems.length > 0) {
    throw new Failure('INVALID_CONFIG', lines(...problems), { issues: problems });
  }
  const sorted = <Entry extends { readonly name: string }>(entries: readonly Entry[]): Entry[] =>
    entries.toSorted((one, other) => byText(one.name, other.name));
  return {
    organization: first.organization,
    owns: files.flatMap(({ owns }) => owns),
    tokens: sorted(files.flatMap(({ tokens }) => tokens)),
    absent: sorted(files.flatMap(({ absent }) => absent)),
  };
}

function problemsBetween(one: AccessFile, other: AccessFile): Text[] {
  if (one.organization !== other.organization) {
    return [
      text`the files are about two organizations, ${one.organization} and ${other.organization}: name those of one`,
    ];
  }
  const owners = patternsOverlap(one.owns, other.owns).map(
    ([first, second]) =>
      text`${second.at}: ${JSON.stringify(second.pattern)} overlaps with ${JSON.stringify(first.pattern)} at ${first.at}: one file owns a name`,
  );
  const pinned = new Map(one.tokens.flatMap(({ id, at }) => (id === undefined ? [] : [[id, at] as const])));
  const pins = other.tokens.flatMap(({ id = '', at }) => {
    const earlier = pinned.get(id);
    return earlier === undefined ? [] : [text`${at}: ${id} is the id of the token at ${earlier} already`];
  });
  return [...owners, ...pins];
}
