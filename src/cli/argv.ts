import { FORMATS, type Format, type GlobalFlags } from '../settings/variables.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';

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

/**
 * argv in two, where one of the flags makes a command of what stands behind the first `--`; all of it where none does.
 * Where such a flag comes last, its value is empty: what takes it knows better what to say of that.
 */
export function withoutCommandBehind(
  flags: readonly ValueFlag[],
  argv: readonly string[],
): { readonly words: readonly string[]; readonly behind: readonly string[] | undefined } {
  const own = ownWords(argv);
  const isGiven = own.some((word) => flags.some(({ long }) => word === long || word.startsWith(`${long}=`)));
  if (!isGiven) return { words: argv, behind: undefined };
  const last = own.at(-1);
  const words = flags.some(({ long }) => long === last) ? [...own.slice(0, -1), `${last}=`] : own;
  return { words, behind: own.length < argv.length ? argv.slice(own.length + 1) : undefined };
}

/** The global flags that say where and how failures are printed, read without parsing: parsing may fail. */
export function printingFlags(argv: readonly string[]): GlobalFlags {
  const words = ownWords(argv);
  const flags: { format?: string; config?: string } = {};
  words.forEach((word, index) => {
    const [, name, joined] = /^(--format=|-f=?|--config=)(.+)$/.exec(word) ?? [];
    const next = words[index + 1];
    if (name === '--config=' && joined) flags.config = joined;
    // `-foo` may as well be the value of another flag: what is no format says nothing of the format.
    else if (name && isFormat(joined)) flags.format = joined;
    else if ((word === '--format' || word === '-f') && isFormat(next)) flags.format = next;
    else if (word === '--config' && next) flags.config = next;
  });
  const isJson = switchIn('--json', argv);
  if (isJson) flags.format = 'json';
  else if (isJson === false) flags.format ??= 'human';
  return flags;
}

/**
 * Refuses `--json id,name`, which other tools take for a choice of fields: here the word behind it would be an
 * argument.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseJsonFields(argv: readonly string[]): void {
  const own = ownWords(argv);
  for (const [index, word] of own.entries()) {
    const fields = word === '--json' ? own[index + 1] : /^--json=(.*,.*)$/.exec(word)?.[1];
    if (fields === undefined || !/^[a-z][\w-]*(,[a-z][\w-]*)+$/i.test(fields)) continue;
    throw new Failure('INVALID_USAGE', text`--json does not take fields: ${fields}`, {
      hint: text`JSON always includes all fields. In other formats, list has ${`--columns ${fields}`}.`,
    });
  }
}

function isFormat(word: string | undefined): word is Format {
  return FORMATS.some((format) => format === word);
}

/** A flag that is there or not. */
export type SwitchFlag = ValueFlag;

/** How Go's pflag spells them, which the official CLI reads its flags with: in these cases only. */
const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'T', 'true', 'True', 'TRUE'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'false', 'False', 'FALSE'].map((word) => [word, false] as const),
]);

/**
 * Whether a switch is on or off, as far as that can be told without parsing: the last word about it counts. Undefined
 * where nothing is said of it.
 */
export function switchIn(long: string, argv: readonly string[]): boolean | undefined {
  const said = ownWords(argv).flatMap((word) => BOOLEANS.get(valueOfSwitch({ long }, word) ?? '') ?? []);
  return said.at(-1);
}

/**
 * argv without the words about switches that are turned off, and the long names of those: `--force=false` says no,
 * which is not the same as nothing. Of several words about one switch the last one counts.
 *
 * @throws Failure INVALID_USAGE for a value that is no boolean
 */
export function settleSwitches(
  switches: readonly SwitchFlag[],
  argv: readonly string[],
): { readonly words: readonly string[]; readonly off: ReadonlySet<string> } {
  const own = ownWords(argv);
  const about = own.map((word) => switches.find((flag) => valueOfSwitch(flag, word) !== undefined));
  const isOn = new Map<SwitchFlag, boolean>();
  own.forEach((word, index) => {
    const flag = about[index];
    if (flag) isOn.set(flag, booleanOf(flag, valueOfSwitch(flag, word) ?? ''));
  });
  const settled = own.flatMap((word, index) => {
    const flag = about[index];
    if (!flag) return [word];
    return isOn.get(flag) && about.lastIndexOf(flag) === index ? [flag.long] : [];
  });
  return {
    words: [...settled, ...argv.slice(own.length)],
    off: new Set([...isOn].flatMap(([{ long }, on]) => (on ? [] : [long]))),
  };
}

/** What a word says of a switch, as it is typed; undefined where it is about something else. */
function valueOfSwitch({ long, short }: SwitchFlag, word: string): string | undefined {
  for (const name of [long, short]) {
    if (name === undefined) continue;
    if (word === name) return 'true';
    if (word.startsWith(`${name}=`)) return word.slice(name.length + 1);
  }
  return undefined;
}

function booleanOf({ long }: SwitchFlag, value: string): boolean {
  const isOn = BOOLEANS.get(value);
  if (isOn !== undefined) return isOn;
  throw new Failure('INVALID_USAGE', text`flag ${long} only takes true or false`, {
    hint: text`Use ${long} alone, or ${`${long}=false`}.`,
  });
}

/**
 * argv with `-n=x` as `--name=x`, also where switches stand before the letter (`-qn=x`): nowhere else is an equals sign
 * that a value starts with anything but the value's own.
 */
export function withLongNames(flags: readonly ValueFlag[], argv: readonly string[]): string[] {
  const own = ownWords(argv);
  const named = own.flatMap((word) => {
    const [, letters = '', value = ''] = /^-(\w+)=(.*)$/s.exec(word) ?? [];
    const place = [...letters].findIndex((letter) => flags.some(({ short }) => short === `-${letter}`));
    const flag = flags.find(({ short }) => short === `-${letters.at(-1)}`);
    // An earlier letter that takes a value has all the rest for it: `-nfoo=bar`.
    if (!flag || place !== letters.length - 1) return [word];
    return [...(place > 0 ? [`-${letters.slice(0, place)}`] : []), `${flag.long}=${value}`];
  });
  return [...named, ...argv.slice(own.length)];
}

/** argv with `--help` for the word `help`, where that is the only one after those that name the command. */
export function withHelpFlag(flags: readonly ValueFlag[], argv: readonly string[], named: number): string[] {
  const positions = wordPositions(flags, argv);
  const last = positions.at(-1) ?? argv.length;
  const asks = positions.length === named + 1 && argv[last] === 'help' && last < ownWords(argv).length;
  return asks ? argv.with(last, '--help') : [...argv];
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
