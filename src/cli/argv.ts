import { Failure } from '../errors.ts';
import type { GlobalFlags } from '../settings/variables.ts';
import { type Text, text } from '../text.ts';

/** The official group whose place this program takes; accepted as the first word, and ignored. */
const GROUP_WORD = 'service-token';

/** A flag that takes a value, by which words of a command line are told from flags' values. */
export interface ValueFlag {
  readonly long: string;
  readonly short?: string | undefined;
}

/**
 * argv without the word `service-token` where it is the first one that is neither a global flag nor the
 * value of one, so that the official command lines run as they are.
 */
export function withoutGroupWord(globals: readonly ValueFlag[], argv: readonly string[]): string[] {
  const [index] = wordPositions(globals, argv);
  return index !== undefined && argv[index] === GROUP_WORD && argv[index - 1] !== '--'
    ? argv.toSpliced(index, 1)
    : [...argv];
}

/** The words of a command line that are neither global flags nor their values; those behind `--` included. */
export function commandWords(globals: readonly ValueFlag[], argv: readonly string[]): string[] {
  return wordPositions(globals, argv).map((index) => argv[index] ?? '');
}

function wordPositions(globals: readonly ValueFlag[], argv: readonly string[]): number[] {
  const positions: number[] = [];
  for (let index = 0; index < argv.length; index += 1) {
    const word = argv[index] ?? '';
    if (word === '--') {
      return [...positions, ...[...argv.keys()].slice(index + 1)];
    }
    if (!word.startsWith('-')) positions.push(index);
    // What starts with a dash is no value: it is refused as one, and may have a value itself.
    else if (globals.some((flag) => isSpelled(flag, word)) && !argv[index + 1]?.startsWith('-')) index += 1;
  }
  return positions;
}

function isSpelled({ long, short }: ValueFlag, word: string | undefined): boolean {
  return word !== undefined && (word === long || word === short);
}

/** The words that are this program's: what stands behind `--` belongs to another command. */
export function ownWords(argv: readonly string[]): readonly string[] {
  const end = argv.indexOf('--');
  return end === -1 ? argv : argv.slice(0, end);
}

/** The global flags that say where and how failures are printed, read without parsing: parsing may fail. */
export function printingFlags(argv: readonly string[]): GlobalFlags {
  const words = ownWords(argv);
  const flags: { format?: string; config?: string } = {};
  words.forEach((word, index) => {
    const [, name, joined] = /^(--format=|-f=?|--config=)(.+)$/.exec(word) ?? [];
    const next = words[index + 1];
    if (name && joined) flags[name === '--config=' ? 'config' : 'format'] = joined;
    else if ((word === '--format' || word === '-f') && next) flags.format = next;
    else if (word === '--config' && next) flags.config = next;
  });
  return flags;
}

/**
 * Refuses a value that starts with a dash and stands in a word of its own: `--database $UNSET --org acme`
 * would make a parser take `--org` for the database. Joined by `=`, it may start with anything.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseDashedValues(flags: readonly ValueFlag[], argv: readonly string[]): void {
  const words = argv.slice(0, ownWords(argv).length + 1);
  for (let index = 0; index < words.length - 1; index += 1) {
    const flag = flags.find((candidate) => isSpelled(candidate, words[index]));
    if (!flag) continue;
    index += 1;
    const value = words[index] ?? '';
    if (!value.startsWith('-')) continue;
    // Without what is joined to it, which may be a secret.
    const [shown = value] = value.split('=');
    throw new Failure('INVALID_USAGE', text`flag ${flag.long} needs a value, but is followed by ${shown}`, {
      hint: dashedValueHint(flag.long, value),
    });
  }
}

function dashedValueHint(long: string, value: string): Text {
  if (value.startsWith('--')) return text`Perhaps a shell variable is empty.`;
  return text`Perhaps a shell variable is empty. A value that starts with a dash is joined by an equals sign: ${`${long}=<value>`}`;
}
