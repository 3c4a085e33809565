import type { Text } from '../text/text.ts';

/**
 * What a command takes from its command line, as values: each argument and flag says how it is spelled,
 * what it means to a reader, and what its words become. The types of what `run` gets are inferred from
 * these declarations, and everything that tells of a command (help, completion, the reference) reads them.
 */

/** What completion offers for a word: names that the API or the catalogue knows, or words known beforehand. */
export type Completion =
  | 'token'
  | 'database'
  | 'branch'
  | 'permission'
  | 'command'
  | 'file'
  | { readonly words: readonly string[]; readonly description: string };

/** Lengths of time that people ask for. */
export const DURATIONS: Completion = { words: ['1h', '12h', '7d', '30d', '90d'], description: 'duration' };

/** What can be known of a command line beside its words. */
export interface Surroundings {
  /** Writes a warning to stderr. */
  readonly warn: (warning: Text) => void;
  /** What stands behind the first `--`, if that is for a {@link commandFlag}. */
  readonly behind?: readonly string[] | undefined;
}

/** One flag as help shows it and commander takes it. */
export interface Spelling {
  /** Such as `-e, --dotenv <path>`. */
  readonly flags: string;
  readonly description: string;
  /** A switch takes nothing; `several` may be given more than once. */
  readonly takes: 'nothing' | 'one' | 'several';
  /** The heading in help under which it stands; `Options` without one. */
  readonly heading?: string | undefined;
  readonly completes?: Completion | undefined;
  /** Told by `help flags`, as it means the same for several commands, and not by the help of each. */
  readonly isInHelpFlags?: boolean | undefined;
  /** Where it is given, all that stands behind the first `--` is the command that it is about. */
  readonly isOfCommandBehind?: boolean | undefined;
}

/** What a switch is given that says no, such as `--force=false`. */
export const TURNED_OFF: readonly string[] = ['false'];

/**
 * The words that a command line gave to its flags, by the flags' long names, such as `--dotenv`; none for a switch that
 * is on, {@link TURNED_OFF} for one that says no.
 */
export type GivenFlags = ReadonlyMap<string, readonly string[]>;

/** A flag, or several that have one meaning together. */
export interface Flag<Value> {
  readonly spellings: readonly Spelling[];
  /** What was given means this. @throws Failure INVALID_USAGE */
  readonly read: (given: GivenFlags, surroundings: Surroundings) => Value;
}

/** A word, or words, at a place of their own. */
export interface Argument<Value> {
  /** What help calls it, such as `token`. */
  readonly word: string;
  readonly description: string;
  readonly takes: 'one' | 'at most one' | 'any number' | 'at least one';
  readonly completes?: Completion | undefined;
  /** @throws Failure INVALID_USAGE */
  readonly read: (words: readonly string[]) => Value;
}

export type Flags = Readonly<Record<string, Flag<unknown>>>;
export type Arguments = Readonly<Record<string, Argument<unknown>>>;

/** What the declarations become: a value under each of their names. */
export type ValuesOf<Declared extends Flags | Arguments> = {
  readonly [Name in keyof Declared]: ReturnType<Declared[Name]['read']>;
};

type Details = Pick<Spelling, 'heading' | 'completes' | 'isInHelpFlags'>;

/** A flag that is on, or not. */
export function switchFlag(flags: string, description: string, details: Details = {}): Flag<boolean> {
  const { spellings, read } = yesOrNoFlag(flags, description, details);
  return { spellings, read: (given, surroundings) => read(given, surroundings) ?? false };
}

/** A switch whose no, as of `--force=false`, is not the same as nothing: undefined where it is not given. */
export function yesOrNoFlag(
  flags: string,
  description: string,
  details: Details = {},
): Flag<boolean | undefined> {
  const name = longName(flags);
  return {
    spellings: [{ flags, description, takes: 'nothing', ...details }],
    read: (given) => isOn(given.get(name)),
  };
}

/** Whether a switch is on, by what it was given; undefined where it was not. */
export function isOn(words: readonly string[] | undefined): boolean | undefined {
  return words && words !== TURNED_OFF;
}

/** A flag with a value; undefined where it is not given. Of several the last one counts. */
export function valueFlag<Value>(
  flags: string,
  description: string,
  parse: (value: string, surroundings: Surroundings) => Value,
  details: Details = {},
): Flag<Value | undefined> {
  const name = longName(flags);
  return {
    spellings: [{ flags, description, takes: 'one', ...details }],
    read: (given, surroundings) => {
      const value = given.get(name)?.at(-1);
      return value === undefined ? undefined : parse(value, surroundings);
    },
  };
}

/** A flag with a value that is about a command, which stands behind `--`. */
export function commandFlag<Value>(
  flags: string,
  description: string,
  parse: (value: string, behind: readonly string[] | undefined) => Value,
  details: Details = {},
): Flag<Value | undefined> {
  const { spellings, read } = valueFlag(
    flags,
    description,
    (value, { behind }) => parse(value, behind),
    details,
  );
  return { spellings: spellings.map((spelling) => ({ ...spelling, isOfCommandBehind: true })), read };
}

/** A flag that may be given several times. */
export function valuesFlag<Value>(
  flags: string,
  description: string,
  parse: (values: readonly string[], surroundings: Surroundings) => Value,
  details: Details = {},
): Flag<Value> {
  const name = longName(flags);
  return {
    spellings: [{ flags, description, takes: 'several', ...details }],
    read: (given, surroundings) => parse(given.get(name) ?? [], surroundings),
  };
}

/** Several flags that have one meaning together. */
export function flagsTogether<Parts extends Flags, Value>(
  parts: Parts,
  meaning: (values: ValuesOf<Parts>, surroundings: Surroundings) => Value,
): Flag<Value> {
  return {
    spellings: Object.values(parts).flatMap(({ spellings }) => spellings),
    read: (given, surroundings) => meaning(flagValues(parts, given, surroundings), surroundings),
  };
}

/** A word that has to be there. */
export function argument<Value>(
  word: string,
  description: string,
  parse: (word: string) => Value,
  completes?: Completion,
): Argument<Value> {
  return { word, description, takes: 'one', completes, read: ([first = '']) => parse(first) };
}

/** A word that may be left out, which is not the same as an empty one. */
export function optionalArgument<Value>(
  word: string,
  description: string,
  parse: (word: string) => Value,
  completes?: Completion,
): Argument<Value | undefined> {
  const read = ([first]: readonly string[]): Value | undefined =>
    first === undefined ? undefined : parse(first);
  return { word, description, takes: 'at most one', completes, read };
}

/** All the words that are left. */
export function argumentList<Value>(
  word: string,
  description: string,
  takes: 'any number' | 'at least one',
  parse: (words: readonly string[]) => Value,
  completes?: Completion,
): Argument<Value> {
  return { word, description, takes, completes, read: parse };
}

/** The meaning of all flags, in the order of their declaration. @throws Failure INVALID_USAGE */
export function flagValues<Declared extends Flags>(
  declared: Declared,
  given: GivenFlags,
  surroundings: Surroundings,
): ValuesOf<Declared>;
// The loop cannot tell one name's type from another's: the signature above is what it amounts to.
export function flagValues(
  declared: Flags,
  given: GivenFlags,
  surroundings: Surroundings,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, flag]) => [name, flag.read(given, surroundings)]),
  );
}

/** The meaning of all arguments: each takes its word, the last one what is left. @throws Failure INVALID_USAGE */
export function argumentValues<Declared extends Arguments>(
  declared: Declared,
  words: readonly string[],
): ValuesOf<Declared>;
export function argumentValues(declared: Arguments, words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(declared).map(([name, { takes, read }], index) => {
      const isList = takes === 'any number' || takes === 'at least one';
      return [name, read(isList ? words.slice(index) : words.slice(index, index + 1))];
    }),
  );
}

/** `-e` of `-e, --dotenv <path>`; undefined where there is none. */
export function shortName(flags: string): string | undefined {
  return /^-\w/.exec(flags)?.[0];
}

/** `--dotenv` of `-e, --dotenv <path>`. */
export function longName(flags: string): string {
  const [name = flags] = /--[\w-]+/.exec(flags) ?? [];
  return name;
}
