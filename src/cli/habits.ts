import { commandLine, PROGRAM, shellWord } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import type { Command } from './command.ts';
import { longName } from './declaration.ts';

/** What a word that people know from other tools is called here. */
interface Habit {
  /** The words it begins with. */
  readonly words: readonly string[];
  /** Only where more follows: by itself the last of them may be a name. */
  readonly needsMore?: boolean;
  /** It is a group here as well: only a word that is none of its commands means the other tool. */
  readonly isGroupHere?: boolean;
  /** The command line that does it here; `undefined` where there is none. @param rest the words behind */
  readonly here: (rest: readonly string[]) => string | undefined;
  /** What else there is to say. */
  readonly advice?: Text;
}

const WAYS_IN: Text = lines(
  text`There is no separate sign-in: set PLANETSCALE_SERVICE_TOKEN_ID and PLANETSCALE_SERVICE_TOKEN,`,
  text`or PLANETSCALE_API_TOKEN, or run 'pscale auth login', which is used here as well.`,
);

const ofToken =
  (...command: readonly string[]) =>
  ([token = '<token-id>']: readonly string[]): string =>
    commandLine(...command, token);

const withAccess =
  (command: string) =>
  ([token = '<token-id>', ...access]: readonly string[]): string =>
    commandLine(command, token, ...(access.length > 0 ? access : ['<access>']));

/** Verbs behind `tokens`, as other tools group their commands. */
const VERBS: Readonly<Record<string, string>> = {
  ls: 'list',
  list: 'list',
  create: 'create',
  new: 'create',
  add: 'create',
  show: 'show',
  get: 'show',
  view: 'show',
  describe: 'show',
  delete: 'delete',
  rm: 'delete',
  remove: 'delete',
  revoke: 'delete',
  update: 'update',
  edit: 'edit',
  rotate: 'rotate',
  copy: 'duplicate',
};

function tokensCommand([verb = 'list', ...rest]: readonly string[]): string {
  return commandLine(VERBS[verb] ?? verb, ...rest);
}

/** As tools have it that manage many kinds of things: `delete token ci`. */
const OF_OBJECTS = [
  ['delete', 'delete'],
  ['rm', 'delete'],
  ['describe', 'show'],
  ['show', 'show'],
  ['view', 'show'],
  ['rotate', 'rotate'],
  ['update', 'update'],
  ['edit', 'edit'],
  ['create', 'create'],
  ['new', 'create'],
] as const;

const HABITS: readonly Habit[] = [
  {
    words: ['rename'],
    here: ([token = '<token-id>', name = '<name>']) => commandLine('update', token, '--name', name),
  },
  ...['roll', 'regenerate', 'renew', 'refresh', 'reset'].map((word) => ({
    words: [word],
    here: ofToken('rotate'),
  })),
  ...['remove', 'destroy'].map((word) => ({ words: [word], here: ofToken('delete') })),
  ...['info', 'cat'].map((word) => ({ words: [word], here: ofToken('show') })),
  { words: ['add'], here: ([name = '<name>']) => commandLine('create', name) },
  ...['allow', 'set-access'].map((word) => ({ words: [word], here: withAccess('add-access') })),
  ...['deny', 'remove-access', 'revoke-access'].map((word) => ({
    words: [word],
    here: withAccess('delete-access'),
  })),
  ...['clean', 'cleanup', 'purge'].map((word) => ({
    words: [word],
    here: () => commandLine('prune', '--expired'),
  })),
  ...['search', 'find'].map((word) => ({
    words: [word],
    here: ([name = '']: readonly string[]) => commandLine('list', '--name', `*${name}*`),
  })),
  ...['open', 'browse', 'dashboard'].map((word) => ({
    words: [word],
    here: () => commandLine('list', '--web'),
  })),
  ...['init', 'configure', 'settings'].map((word) => ({
    words: [word],
    here: () => commandLine('config', 'show'),
  })),
  ...[['switch'], ['use'], ['org', 'switch']].map((words) => ({
    words,
    here: ([organization = '<organization>']: readonly string[]) =>
      commandLine('config', 'set', 'org', organization),
  })),
  ...['env', 'export'].map((word) => ({
    words: [word],
    here: () => commandLine('exec', '--access', '<access>', '--', 'env'),
    advice: lines(
      text`To keep the token in a file, add -e .env to create.`,
      text`What tokens may do, as a file: ${commandLine('access', 'export')}`,
    ),
  })),
  ...['man', 'docs'].map((word) => ({ words: [word], here: () => commandLine('help') })),
  { words: ['status'], here: () => commandLine('whoami') },
  {
    words: ['upgrade'],
    here: () => undefined,
    advice: text`It does not update itself: run npm install --global ${unstyled(PROGRAM)}@latest, or install.sh again.`,
  },
  ...OF_OBJECTS.map(([verb, command]) => ({
    words: [verb, 'token'],
    needsMore: true,
    here: ofToken(command),
  })),
  { words: ['get', 'tokens'], here: () => commandLine('list') },
  { words: ['get', 'token'], here: ofToken('show') },
  { words: ['tokens'], here: tokensCommand },
  { words: ['token'], here: tokensCommand },
  { words: ['access'], isGroupHere: true, here: ofToken('show-access') },
  { words: ['auth', 'status'], here: () => commandLine('whoami') },
  { words: ['auth', 'check'], here: () => commandLine('whoami') },
  { words: ['login'], here: () => undefined, advice: WAYS_IN },
  { words: ['logout'], here: () => undefined, advice: WAYS_IN },
  { words: ['auth', 'login'], here: () => undefined, advice: WAYS_IN },
  ...[
    ['apply', 'apply'],
    ['plan', 'plan'],
    ['diff', 'plan'],
    ['validate', 'validate'],
  ].map(([word = '', command = '']) => ({
    words: [word],
    here: ([file = '<file>']: readonly string[]) => commandLine('access', command, file),
  })),
  { words: ['explain'], here: ofToken('access', 'explain') },
];

/**
 * The failure of a word that belongs to another tool, with the command line that does the same here: ending
 * with 0 would lie to `login && …`.
 *
 * @param words the command's words, behind the program's name
 * @param callsCommand whether they name a command that there is
 */
export function habitFailure(words: readonly string[], callsCommand: boolean): Failure | undefined {
  const habit = HABITS.find(
    (one) =>
      one.words.every((word, index) => words[index] === word) &&
      (!one.needsMore || words.length > one.words.length) &&
      (!one.isGroupHere || isNoneOfGroup(one, words, callsCommand)),
  );
  if (!habit) return undefined;
  const rest = words.slice(habit.words.length);
  const here = habit.here(rest);
  const unknown = [...habit.words, ...(habit.isGroupHere ? rest.slice(0, 1) : [])];
  const hint = [...(here === undefined ? [] : [text`Use: ${here}`]), ...(habit.advice ? [habit.advice] : [])];
  return new Failure('UNKNOWN_COMMAND', text`unknown command: ${unknown.join(' ')}`, {
    hint: lines(...hint),
    ...(here !== undefined && { nextSteps: [here] }),
  });
}

/** By itself, or with the word help, a group shows its help. */
function isNoneOfGroup({ words: group }: Habit, words: readonly string[], callsCommand: boolean): boolean {
  const word = words[group.length];
  return !callsCommand && word !== undefined && word !== 'help';
}

/** What flags of other tools are called here, or why there are none. */
const FLAGS: Readonly<Record<string, Text>> = {
  '-o': text`Use --format for the output format, or --org for the organization.`,
  '--output': text`Use --format human, json or csv.`,
  '--organization': text`Use --org.`,
  '--permission': text`Name permissions as words of add-access, or with --access <database>=<permission> of create.`,
  '--permissions': text`Name permissions as words of add-access, or with --access <database>=<permission> of create.`,
  '--scope': text`Use --database <database> or --organization-level; create takes --access <database>=<permission>.`,
  '--expires-in': text`Use --ttl, such as --ttl 30d, or --expires-at.`,
  '--expiry': text`Use --ttl, such as --ttl 30d, or --expires-at.`,
  '--read-only': text`Choose from the permissions that start with read_. See: ${commandLine('permissions', 'read')}`,
  '--db': text`Use --database.`,
  '--description': text`Use --name.`,
  '--limit': text`Lists are always complete. Narrow them with filters such as --name 'ci-*'.`,
  '-L': text`Lists are always complete. Narrow them with filters such as --name 'ci-*'.`,
  '--page': text`Lists are always complete.`,
  '--all': text`Lists are always complete.`,
  '-v': text`Use --debug to log requests, or --version.`,
  '--verbose': text`Use --debug to log requests.`,
  '--dry-run': text`Only commands that change something by the API have it.`,
  '--no-truncate': text`Nothing is cut: leave it out.`,
};

/** What to use instead of a flag that another tool has. */
export function foreignFlagHint(flag: string): Text | undefined {
  return FLAGS[flag];
}

/**
 * The failure of a command line that says where a token may do what as another command does: with `--database` behind
 * `--access`, or with `--access` where permissions are words.
 *
 * @param words the program's own words
 */
export function accessSpelledOtherwise(
  { name, arguments: taken, flags }: Command,
  words: readonly string[],
): Failure | undefined {
  const has = (long: string): boolean => flags.some((flag) => longName(flag.flags) === long);
  const access = valuesOf(['--access'], words);
  const operations = valuesOf(['--for'], words);
  const databases = valuesOf(['--database', '-d'], words);
  const [database = '<database>'] = databases;
  if (has('--access') && !has('--database') && databases.length > 0) {
    const scoped = (value: string): string => (value.includes('=') ? value : `${database}=${value}`);
    const spelled = [
      ...access.map((value) => `--access ${scoped(value)}`),
      ...operations.map((value) => `--for ${shellWord(scoped(value))}`),
    ];
    const suggestion = spelled.length > 0 ? spelled : [`--access ${scoped('<permission>')}`];
    return new Failure('UNKNOWN_FLAG', text`unknown flag: --database`, {
      hint: text`${unstyled(name)} takes the database with each permission: ${suggestion.join(' ')}`,
    });
  }
  if (!has('--access') && access.length > 0 && taken.some(({ word }) => word === 'access')) {
    return new Failure('UNKNOWN_FLAG', text`unknown flag: --access`, {
      hint: text`${unstyled(name)} takes permissions as words: ${commandLine(name, '<token-id>', ...access)}`,
    });
  }
  return undefined;
}

/** What a command line gives to a flag of these spellings, joined or not. */
function valuesOf(spellings: readonly string[], words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    const [, spelling = word, value = words[index + 1]] = /^(-[\w-]+)=(.*)$/s.exec(word) ?? [];
    return spellings.includes(spelling) && value !== undefined ? [value] : [];
  });
}
