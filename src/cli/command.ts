import type { Context } from '../context.ts';
import type { VariableName } from '../settings/variables.ts';
import {
  type Argument,
  type Arguments,
  argumentValues,
  type Flags,
  flagValues,
  type GivenFlags,
  isOn,
  type Spelling,
  type Surroundings,
  switchFlag,
  type ValuesOf,
} from './declaration.ts';
import type { Outcome } from './outcome.ts';

/** The settings of every command that talks to the API. */
export const API_SETTINGS: readonly VariableName[] = [
  'org',
  'serviceTokenId',
  'serviceToken',
  'apiToken',
  'apiUrl',
  'timeout',
  'format',
  'config',
];

/**
 * A command line without the program's name, and what it is for. Each one is run by the tests, but for those that
 * say why they can only be parsed there.
 */
export type Example = readonly [line: string, purpose: string, parsedOnly?: ParsedOnly];

export type ParsedOnly = 'asks in a terminal' | 'runs a command of yours' | 'goes on running';

/** What is said of a command beside what it takes. */
interface Description {
  readonly name: string;
  readonly description: string;
  /** The settings whose environment variables it reads; those of the API without it. */
  readonly reads?: readonly VariableName[];
  readonly examples: readonly Example[];
  /** What help shows behind the name, where arguments and flags do not say it. */
  readonly usage?: string | undefined;
  /**
   * How its failures are taken. `diagnosis`: broken settings are what it reports, and no reason not to run
   * it. `silent`: whatever goes wrong, nothing but its own output is printed, and the status is 0.
   * `wrapper`: it runs another command, whose output and status the caller is after, so its own failures go
   * to stderr in every format, with a status that no usual command ends with.
   */
  readonly manner?: Manner;
  /** Whether it changes something by the API, so that it takes `--dry-run`. */
  readonly changes?: boolean;
  /** What else it changes, or under which flag; nothing without it. */
  readonly alsoChanges?: string;
  /** It ends what others may still use: whoever acts for somebody asks them first. */
  readonly endsAccess?: boolean;
  /** It does nothing where nobody can be asked. */
  readonly needsTerminal?: boolean;
  /** A format that no other command has, for `--format` alone: `context.isOwnFormat` tells whether it is asked for. */
  readonly ownFormat?: string;
}

export type Manner = 'usual' | 'diagnosis' | 'silent' | 'wrapper';

interface Declared<A extends Arguments, F extends Flags> extends Description {
  readonly arguments?: A;
  readonly flags?: F;
  /** Gets parsed values only. It neither prints its result nor decides the exit status. */
  readonly run: (values: ValuesOf<A> & ValuesOf<F>, context: Context) => Promise<Outcome>;
}

/** What the words of a command line are to a command, before anything is read or sent. */
export interface CommandLine {
  readonly words: readonly string[];
  readonly flags: GivenFlags;
  /** What stands behind the first `--`, if a flag makes that a command. */
  readonly behind?: readonly string[] | undefined;
}

/** A command as a value: everything that tells of it, and its work. */
export interface Command extends Description {
  readonly reads: readonly VariableName[];
  readonly manner: Manner;
  readonly changes: boolean;
  readonly arguments: readonly Argument<unknown>[];
  readonly flags: readonly Spelling[];
  /**
   * Reads a command line and answers the work it asks for.
   *
   * @throws Failure INVALID_USAGE for all that the command line alone shows to be wrong
   */
  readonly prepare: (line: CommandLine, surroundings: Surroundings) => (context: Context) => Promise<Outcome>;
}

const DRY_RUN_NAME = '--dry-run';

/** Its requests that would change something are shown instead of sent. */
export const DRY_RUN = switchFlag(
  DRY_RUN_NAME,
  'Show the requests that would change something instead of sending them',
  { isInHelpFlags: true },
);

/** Whether a command line asks a command that changes something for {@link DRY_RUN}. */
export function isDryRun({ changes }: Command, { flags }: CommandLine): boolean {
  return changes && isOn(flags.get(DRY_RUN_NAME)) === true;
}

/** IDs alone, one a line, whatever the format. */
export const QUIET = switchFlag('-q, --quiet', 'Print IDs alone, one a line, in every format', {
  isInHelpFlags: true,
});

/** The page of the dashboard instead of what the API says. */
export const WEB = switchFlag('-w, --web', 'Open the service tokens in the dashboard instead', {
  isInHelpFlags: true,
});

/** Makes a command of its declaration; the types of what `run` gets come from the arguments and flags. */
export function command<A extends Arguments = Record<never, never>, F extends Flags = Record<never, never>>(
  declared: Declared<A, F>,
): Command;
export function command(declared: Declared<Arguments, Flags>): Command {
  const {
    arguments: taken = {},
    flags = {},
    run,
    reads = API_SETTINGS,
    manner = 'usual',
    changes = false,
    ...rest
  } = declared;
  return {
    ...rest,
    reads,
    manner,
    changes,
    arguments: Object.values(taken),
    flags: [...Object.values(flags), ...(changes ? [DRY_RUN] : [])].flatMap(({ spellings }) => spellings),
    prepare: (line, surroundings) => {
      const values = {
        ...argumentValues(taken, line.words),
        ...flagValues(flags, line.flags, { ...surroundings, behind: line.behind }),
      };
      return (context) => run(values, context);
    },
  };
}
