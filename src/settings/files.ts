import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { absolutePath, displayPath } from '../files/paths.ts';
import {
  type FoundFile,
  type Patience,
  readFoundFile,
  readNamedFile,
  Unreadable,
} from '../files/read-file.ts';
import { Failure } from '../text/errors.ts';
import { listed, type Text, text, unstyled } from '../text/text.ts';
import { emptyFlag } from '../values/bad-value.ts';
import { type Environment, variable } from '../values/environment.ts';
import { describeSource, type Resolved } from '../values/source.ts';
import { type GlobalFlags, SECRET_KEYS } from './variables.ts';

export interface ConfigFile {
  /** For messages: the home directory is shortened to `~`. */
  readonly path: string;
  readonly values: Readonly<Record<string, string>>;
}

export interface ConfigFiles {
  readonly project?: ConfigFile;
  readonly user?: ConfigFile;
  readonly warnings: readonly Text[];
}

/** The only keys a project file may set: whoever clones a repository must not lose credentials to it. */
const PROJECT_KEYS = ['org', 'database', 'branch'];

/** The file that takes the place of the ones found by their place, if one is named. @throws Failure INVALID_USAGE */
export function namedConfig(flags: GlobalFlags, environment: Environment): Resolved<string> | undefined {
  if (flags.config === '') throw emptyFlag('--config');
  if (flags.config !== undefined) return { value: flags.config, source: { kind: 'flag', name: '--config' } };
  const value = variable(environment, 'PLANETSCALE_CONFIG');
  return value === undefined
    ? undefined
    : { value, source: { kind: 'environment', name: 'PLANETSCALE_CONFIG' } };
}

/**
 * Reads the project file (`.pscale.yml` in the git root, else in the working directory) and the user
 * config. `--config` or PLANETSCALE_CONFIG names one file that takes the place of both, as in the
 * official CLI. Missing files are fine, except the one named.
 *
 * @throws Failure INVALID_CONFIG for a file that cannot be read or is not a YAML mapping of texts, and the
 *   reason of `patience.signal`, which ends waiting for a pipe that was named
 */
export async function readConfigFiles(
  flags: GlobalFlags,
  environment: Environment,
  patience: Patience,
): Promise<ConfigFiles> {
  const named = namedConfig(flags, environment);
  if (named !== undefined) return readNamedConfig(named, environment, patience);
  const { workingDirectory } = environment;
  const userDirectory = configDirectory(environment);
  const user = userDirectory === undefined ? undefined : await userConfig(userDirectory, environment);
  const project =
    workingDirectory === undefined
      ? undefined
      : await foundConfig(projectPath(workingDirectory), 'project', environment);
  return {
    ...(project?.file && { project: onlyProjectKeys(project.file) }),
    ...(user?.file && { user: user.file }),
    warnings: [...(project?.file ? foreignKeyWarnings(project.file) : []), ...(user ? user.warnings : [])],
  };
}

/** What the user config may be called, in the order in which the official CLI looks; all are read as YAML. */
const USER_CONFIGS = ['pscale.json', 'pscale.yaml', 'pscale.yml'] as const;
/** The official CLI reads it as well. */
const TOML_CONFIG = 'pscale.toml';

/** The user config that counts, there or not; undefined for a user without a home directory. */
export function userConfigPath(environment: Environment): string | undefined {
  const directory = configDirectory(environment);
  if (directory === undefined) return undefined;
  const there = USER_CONFIGS.find((name) => isThere(join(directory, name)));
  return join(directory, there ?? 'pscale.yml');
}

/** The first user config that is there, with a word on those that are not read. */
async function userConfig(directory: string, environment: Environment): Promise<ParsedConfig | undefined> {
  const there = [...USER_CONFIGS, TOML_CONFIG].filter((name) => isThere(join(directory, name)));
  const [counts] = USER_CONFIGS.filter((name) => there.includes(name));
  const config = counts && (await foundConfig(join(directory, counts), 'user', environment));
  const shown = (name: string): string => displayPath(join(directory, name), environment);
  const ignored = there.filter((name) => name !== counts && name !== TOML_CONFIG);
  const warnings = [
    ...(counts && ignored.length > 0
      ? [text`${listed(ignored.map(shown))} is ignored: ${shown(counts)} is used`]
      : []),
    ...(there.includes(TOML_CONFIG)
      ? [
          text`${shown(TOML_CONFIG)} is ignored: only PlanetScale's own CLI reads TOML. Use ${shown('pscale.yml')}.`,
        ]
      : []),
  ];
  if (config) return { file: config.file, warnings: [...config.warnings, ...warnings] };
  return warnings.length > 0 ? { file: undefined, warnings } : undefined;
}

async function readNamedConfig(
  named: Resolved<string>,
  environment: Environment,
  patience: Patience,
): Promise<ConfigFiles> {
  const path = absolutePath(named, environment);
  const shown = displayPath(path, environment);
  const found = await readNamedFile(path, patience).catch((error: unknown) => {
    throw cannotRead(
      shown,
      error,
      text`Specify a readable text file, or a pipe that delivers one, of at most 1 MB.`,
    );
  });
  if (found === undefined) {
    const message = text`${named.value} (from ${describeSource(named.source)}) does not exist`;
    throw new Failure('INVALID_CONFIG', message, {
      hint: text`Name a file that exists, or leave it out to use ~/.config/planetscale/pscale.yml.`,
    });
  }
  const { file, warnings } = await parsedConfig(found, shown, 'user', environment);
  return { ...(file && { user: file }), warnings };
}

/**
 * A file that a command line names, or a pipe.
 *
 * @throws Failure INVALID_USAGE where there is none, INVALID_CONFIG where it cannot be read
 */
export async function readGivenFile(
  path: string,
  environment: Environment,
  patience: Patience,
): Promise<string> {
  if (path === '') {
    throw new Failure('INVALID_USAGE', text`the path of the file is empty`, {
      hint: text`Perhaps a shell variable is empty.`,
    });
  }
  const named = { value: path, source: { kind: 'flag', name: 'the command line' } } as const;
  const found = await readNamedFile(absolutePath(named, environment), patience).catch((error: unknown) => {
    throw cannotRead(path, error, text`Specify a readable text file, or a pipe, of at most 1 MB.`);
  });
  if (found) return found.content;
  throw new Failure('INVALID_USAGE', text`${path} does not exist`, { hint: text`Name a file that exists.` });
}

/** Where the user's files are; undefined for a user without a home directory, who has none. */
export function configDirectory({ home }: Environment): string | undefined {
  return home === undefined ? undefined : join(home, '.config', 'planetscale');
}

/**
 * A file that is found by its place, or undefined where there is none.
 *
 * @throws Failure INVALID_CONFIG naming the file and what stands in the way of reading it
 */
export function readIfPresent(path: string, environment: Environment): FoundFile | undefined {
  try {
    return readFoundFile(path);
  } catch (error) {
    const shown = displayPath(path, environment);
    throw cannotRead(
      shown,
      error,
      text`Fix or remove ${shown}: expected a readable text file of at most 1 MB.`,
    );
  }
}

/** Tells of a file with a secret that other users of the machine can read. Windows has no such mode. */
export function looseModeWarnings({ mode }: FoundFile, shown: string, { platform }: Environment): Text[] {
  if (platform === 'win32' || mode === undefined || (mode & 0o077) === 0) return [];
  return [text`${shown} holds a secret and other users can read it; run: chmod 600 ${shown}`];
}

/** A failure that is not about reading stays what it is. */
function cannotRead(shown: string, error: unknown, hint: Text): unknown {
  if (!(error instanceof Unreadable)) return error;
  const message = text`cannot read ${shown}: ${unstyled(error.message)}`;
  return new Failure('INVALID_CONFIG', message, { hint, cause: error });
}

interface ParsedConfig {
  /** Undefined where there is none, and something to be said of that. */
  readonly file: ConfigFile | undefined;
  readonly warnings: readonly Text[];
}

async function foundConfig(
  path: string,
  kind: 'project' | 'user',
  environment: Environment,
): Promise<ParsedConfig | undefined> {
  const found = readIfPresent(path, environment);
  return found && parsedConfig(found, displayPath(path, environment), kind, environment);
}

async function parsedConfig(
  found: FoundFile,
  shown: string,
  kind: 'project' | 'user',
  environment: Environment,
): Promise<ParsedConfig> {
  // Loaded only where there is a file: most CI jobs have none.
  const { parseConfig } = await import('./config-yaml.ts');
  const file = { path: shown, values: parseConfig(found.content, shown, kind) };
  const holdsSecret = kind === 'user' && SECRET_KEYS.some((key) => file.values[key]);
  return { file, warnings: holdsSecret ? looseModeWarnings(found, shown, environment) : [] };
}

/** A project file in the working directory that does not count, because the git root is elsewhere. */
export function shadowedProjectFile({ workingDirectory }: Environment): string | undefined {
  if (workingDirectory === undefined) return undefined;
  const here = join(workingDirectory, '.pscale.yml');
  return here !== projectPath(workingDirectory) && isThere(here) ? here : undefined;
}

/** Of the git root, else of the working directory; there or not. */
export function projectPath(workingDirectory: string): string {
  for (let directory = workingDirectory; ; directory = dirname(directory)) {
    if (isThere(join(directory, '.git'))) return join(directory, '.pscale.yml');
    if (dirname(directory) === directory) return join(workingDirectory, '.pscale.yml');
  }
}

function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  } catch {
    // A link that leads nowhere, or a folder that may not be looked into.
    return false;
  }
}

function onlyProjectKeys(file: ConfigFile): ConfigFile {
  const allowed = Object.entries(file.values).filter(([key]) => PROJECT_KEYS.includes(key));
  return { path: file.path, values: Object.fromEntries(allowed) };
}

/** So many are named, and so much of each: a hostile file could otherwise fill the screen. */
const MOST_NAMED = 5;
const LONGEST_NAMED = 40;

function foreignKeyWarnings(file: ConfigFile): Text[] {
  const foreign = Object.keys(file.values).filter((key) => !PROJECT_KEYS.includes(key));
  if (foreign.length === 0) return [];
  const named = foreign
    .sort()
    .slice(0, MOST_NAMED)
    .map((key) => (key.length > LONGEST_NAMED ? `${key.slice(0, LONGEST_NAMED)}…` : key));
  const more = foreign.length > MOST_NAMED ? ` and ${foreign.length - MOST_NAMED} more` : '';
  const allowed = PROJECT_KEYS.join(', ');
  return [
    text`ignoring non-allowlisted keys in ${file.path}: ${listed(named)}${unstyled(more)} (project config may only set: ${unstyled(allowed)})`,
  ];
}
