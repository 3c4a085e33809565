import { QUIET } from '../cli/command.ts';
import {
  commandFlag,
  DURATIONS,
  type Flag,
  flagsTogether,
  switchFlag,
  valueFlag,
} from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text } from '../text/text.ts';
import { parseDuration } from '../values/duration.ts';
import { PIPE_FORMS, type PipeForm } from '../values/pipe-forms.ts';
import type { VariableNames } from '../values/token-variables.ts';
import { variableNames } from './variable-names.ts';

/** Where the secret of a new token goes. */
export type Place = SecretPlace & {
  /** `-q`: beside it only the ID is printed. */
  readonly isQuiet?: boolean;
  /** A command line that has to succeed with the new token before it is handed over. */
  readonly check?: string | undefined;
  /** What the variables are called there, if not as usual. */
  readonly names?: VariableNames | undefined;
  /** Milliseconds that each command may take which is run with the token, or given it. */
  readonly limit?: number | undefined;
};

type SecretPlace =
  | { readonly kind: 'stdout' }
  /** Two lines for a shell, on stdout. */
  | { readonly kind: 'export' }
  /** `overwrites`: a pair that is there may be of any token. */
  | { readonly kind: 'dotenv'; readonly path: string; readonly overwrites: boolean }
  | { readonly kind: 'github'; readonly file: 'env' | 'output' }
  /** The standard input of a command: its name, and its arguments. */
  | { readonly kind: 'pipe'; readonly form: PipeForm; readonly command: readonly [string, ...string[]] };

/** Milliseconds. */
const SECOND = 1_000;
const DAY = 86_400_000;

const FORM_NAMES = Object.keys(PIPE_FORMS);

const PLACE_HEADING = { heading: 'Where the secret goes (default: stdout)' };

/** What a place is named by where no secret is printed. */
function storeFlags(heading: { readonly heading: string }) {
  return {
    dotenv: valueFlag('-e, --dotenv <path>', 'Save ID and secret to this env file', (path) => path, {
      ...heading,
      completes: 'file',
    }),
    overwrite: switchFlag('--overwrite', 'With -e: replace the secret of another token', heading),
    pipe: commandFlag('--pipe <form>', 'Pipe to -- <command> as dotenv/json/pair/secret', parseForm, {
      ...heading,
      completes: { words: FORM_NAMES, description: 'form' },
    }),
    limit: valueFlag('--pipe-timeout <duration>', 'Limit of --pipe and --check; 5m by default', parseLimit, {
      ...heading,
      completes: DURATIONS,
      isInHelpFlags: true,
    }),
    variables: variableNames(heading.heading),
    check: valueFlag('--check <command>', 'Save it only if this works with it', parseCheck, heading),
  };
}

const { dotenv: DOTENV, overwrite: OVERWRITE, ...OTHERS } = storeFlags(PLACE_HEADING);

/** The one place for the secret that a command line names. @throws Failure INVALID_USAGE for two */
export const PLACE: Flag<Place> = flagsTogether(
  {
    dotenv: DOTENV,
    overwrite: OVERWRITE,
    export: switchFlag('--export', 'Print two shell export lines only: eval "$(…)"', PLACE_HEADING),
    githubEnv: switchFlag('--github-env', 'Set variables for later GitHub steps, masked', PLACE_HEADING),
    githubOutput: switchFlag('--github-output', 'Set outputs of a GitHub step, masked', PLACE_HEADING),
    ...OTHERS,
    quiet: QUIET,
  },
  ({
    dotenv,
    overwrite: overwrites,
    export: isExport,
    githubEnv,
    githubOutput,
    pipe,
    limit,
    variables: names,
    check,
    quiet,
  }): Place => {
    const places: (SecretPlace & { readonly flag: string })[] = [
      ...(dotenv === undefined
        ? []
        : [{ flag: '--dotenv', kind: 'dotenv', path: dotenv, overwrites } as const]),
      ...(isExport ? [{ flag: '--export', kind: 'export' } as const] : []),
      ...(githubEnv ? [{ flag: '--github-env', kind: 'github', file: 'env' } as const] : []),
      ...(githubOutput ? [{ flag: '--github-output', kind: 'github', file: 'output' } as const] : []),
      ...(pipe ? [{ flag: '--pipe', kind: 'pipe', ...pipe } as const] : []),
    ];
    const [place, ...others] = places;
    if (others.length === 0) {
      const kind = place ?? { kind: 'stdout' };
      if (quiet) refuseQuietSecret(kind);
      if (names && !hasVariables(kind)) throw namesWithoutPlace();
      if (limit !== undefined && check === undefined && !pipe) throw limitOfNothing();
      if (overwrites && kind.kind !== 'dotenv') throw overwriteOfNothing();
      return { ...kind, isQuiet: quiet, names, check, limit };
    }
    throw new Failure('INVALID_USAGE', text`Use only one of: ${listed(places.map(({ flag }) => flag))}.`, {
      hint: text`The secret goes to one place.`,
    });
  },
);

/**
 * The places of a command that makes several tokens, and prints none of their secrets; undefined where none is
 * named. `{name}` in them stands for the name of each.
 *
 * @throws Failure INVALID_USAGE for two
 */
export const STORE: Flag<Store | undefined> = flagsTogether(
  storeFlags({ heading: 'Where the secrets of new tokens go, {name} being the name of each' }),
  ({ dotenv, overwrite: overwrites, pipe, limit, variables: names, check }): Store | undefined => {
    if (dotenv !== undefined && pipe) {
      throw new Failure('INVALID_USAGE', text`Use only one of: --dotenv, --pipe.`, {
        hint: text`The secret goes to one place.`,
      });
    }
    const others = { names, check, limit };
    if (dotenv !== undefined) return { kind: 'dotenv', path: dotenv, overwrites, ...others };
    if (overwrites) throw overwriteOfNothing();
    if (!pipe) {
      if (names) throw namesWithoutPlace();
      if (limit !== undefined || check !== undefined) {
        throw new Failure('INVALID_USAGE', text`--check and --pipe-timeout need a place for the secret`, {
          hint: text`Add --dotenv <path> or --pipe <form> -- <command>.`,
        });
      }
      return undefined;
    }
    const store: Store = { kind: 'pipe', ...pipe, ...others };
    if (names && !hasVariables(store)) throw namesWithoutPlace();
    return store;
  },
);

/** A place that no secret is printed to. */
export type Store = Extract<Place, { readonly kind: 'dotenv' | 'pipe' }>;

const NAME = '{name}';

/** Whether a place is another one for each name. */
export function isForEachName(store: Store): boolean {
  return store.kind === 'dotenv'
    ? store.path.includes(NAME)
    : store.command.some((word) => word.includes(NAME));
}

/**
 * The place for the token of that name.
 *
 * @throws Failure INVALID_USAGE for a name that could be more than a name there
 */
export function storeFor(name: string, store: Store): Store {
  if (!isForEachName(store)) return store;
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
    throw new Failure(
      'INVALID_USAGE',
      text`${JSON.stringify(name)} cannot stand for {name} in a path or a command`,
      {
        hint: text`Nothing was changed. Only names of letters, digits, ".", "_" and "-" can. Create that token by itself, with a place that says its name.`,
      },
    );
  }
  const filled = (word: string): string => word.replaceAll(NAME, name);
  if (store.kind === 'dotenv') return { ...store, path: filled(store.path) };
  const [command, ...words] = store.command;
  return { ...store, command: [filled(command), ...words.map(filled)] };
}

/** @throws Failure INVALID_USAGE */
function parseCheck(line: string): string {
  if (line.trim() !== '') return line;
  throw new Failure('INVALID_USAGE', text`--check is empty`, {
    hint: text`Perhaps a shell variable is empty. Leave it out to check nothing.`,
  });
}

/** What is printed has no variables, nor has a value alone. */
function hasVariables(place: SecretPlace): boolean {
  if (place.kind === 'pipe') return place.form === 'dotenv' || place.form === 'json';
  return place.kind !== 'stdout';
}

function namesWithoutPlace(): Failure {
  return new Failure('INVALID_USAGE', text`--variables names variables, and nothing becomes one`, {
    hint: text`Add a place for the token, such as -e .env, --export or --pipe dotenv.`,
  });
}

function limitOfNothing(): Failure {
  return new Failure('INVALID_USAGE', text`--pipe-timeout needs --pipe or --check`);
}

function overwriteOfNothing(): Failure {
  return new Failure('INVALID_USAGE', text`--overwrite needs --dotenv`);
}

/** @param behind what stands behind the `--` @throws Failure INVALID_USAGE */
function parseForm(
  value: string,
  behind: readonly string[] | undefined,
): { readonly form: PipeForm; readonly command: readonly [string, ...string[]] } {
  const form = isPipeForm(value) ? value : undefined;
  if (form === undefined) {
    throw new Failure(
      'INVALID_USAGE',
      text`--pipe ${JSON.stringify(value)} is none of ${FORM_NAMES.join(', ')}`,
      {
        hint: FORMS_HINT,
      },
    );
  }
  const [name, ...words] = behind ?? [];
  if (name === undefined) {
    const what = behind ? text`nothing stands behind the --` : text`there is no -- with a command`;
    throw new Failure('INVALID_USAGE', text`--pipe needs a command to hand the token to: ${what}`, {
      hint: FORMS_HINT,
    });
  }
  if (name === '') {
    throw new Failure('INVALID_USAGE', text`the command to hand the token to is empty`, {
      hint: text`Perhaps a shell variable is empty.`,
    });
  }
  return { form, command: [name, ...words] };
}

function isPipeForm(value: string): value is PipeForm {
  return Object.hasOwn(PIPE_FORMS, value);
}

const FORMS_HINT: Text = lines(
  text`Such as: --pipe dotenv -- gh secret set -f -`,
  ...Object.entries(PIPE_FORMS).map(([form, what]) => text`${form}: ${what}`),
);

/** Milliseconds of `--pipe-timeout`. @throws Failure INVALID_USAGE */
function parseLimit(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds >= SECOND && milliseconds <= DAY) return milliseconds;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --pipe-timeout ${JSON.stringify(value)}: use a duration between 1s and 24h, such as 10m`,
  );
}

/** The words of a command line that stand behind all others: the command that a token is handed to. */
export function commandBehind(place: Place): string[] {
  return place.kind === 'pipe' ? ['--', ...place.command] : [];
}

/** The words of a command line that name a place, but for {@link commandBehind}. */
export function placeWords(place: Place): string[] {
  const { names } = place;
  const others = [
    ...(names ? ['--variables', `${names.id},${names.secret}`] : []),
    ...(place.check === undefined ? [] : [`--check=${place.check}`]),
    ...(place.limit === undefined ? [] : [`--pipe-timeout=${place.limit / SECOND}s`]),
    ...(place.isQuiet ? ['--quiet'] : []),
  ];
  switch (place.kind) {
    case 'stdout':
      return others;
    case 'export':
      return ['--export', ...others];
    case 'dotenv':
      // In one word: a path may begin with a dash.
      return [`--dotenv=${place.path}`, ...(place.overwrites ? ['--overwrite'] : []), ...others];
    case 'github':
      return [`--github-${place.file}`, ...others];
    case 'pipe':
      return ['--pipe', place.form, ...others];
  }
}

/** @throws Failure INVALID_USAGE where there would be no secret at all, or more than IDs */
function refuseQuietSecret({ kind }: SecretPlace): void {
  if (kind !== 'stdout' && kind !== 'export') return;
  throw new Failure('INVALID_USAGE', text`--quiet prints the ID alone, so the secret would be lost`, {
    hint: text`Add a place for the secret, such as -e .env.`,
  });
}
