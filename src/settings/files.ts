import { readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, resolve, sep } from 'node:path';
import { Failure } from '../errors.ts';
import { listed, type Text, text } from '../text.ts';
import { badValue, emptyFlag } from './bad-value.ts';
import { type Environment, variable } from './environment.ts';
import { describeSource, type Resolved } from './source.ts';
import type { GlobalFlags } from './variables.ts';

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
const SECRET_KEYS = ['service-token', 'api-token'];

/**
 * Reads the project file (`.pscale.yml` in the git root, else in the working directory) and the user
 * config. `--config` or PLANETSCALE_CONFIG names one file that takes the place of both, as in the
 * official CLI. Missing files are fine, except the one named.
 *
 * @throws Failure INVALID_CONFIG for a file that cannot be read or is not a YAML mapping of texts
 */
export async function readConfigFiles(flags: GlobalFlags, environment: Environment): Promise<ConfigFiles> {
  if (flags.config === '') throw emptyFlag('--config');
  const named = flags.config ?? variable(environment, 'PLANETSCALE_CONFIG');
  if (named !== undefined) {
    const source: Resolved<string>['source'] =
      flags.config === undefined
        ? { kind: 'environment', name: 'PLANETSCALE_CONFIG' }
        : { kind: 'flag', name: '--config' };
    const path = absolutePath({ value: named, source }, environment);
    const user = await readConfigFile(path, 'user', environment);
    if (user === undefined) {
      const origin = flags.config === undefined ? 'PLANETSCALE_CONFIG' : '--config';
      throw new Failure('INVALID_CONFIG', text`${named} (from ${origin}) does not exist`, {
        hint: ['Name a file that exists, or leave it out to use ~/.config/planetscale/pscale.yml.'],
      });
    }
    return { user, warnings: secretFileWarnings(user, path, environment) };
  }
  const { workingDirectory } = environment;
  const userPath = join(configDirectory(environment) ?? '', 'pscale.yml');
  const user =
    configDirectory(environment) === undefined
      ? undefined
      : await readConfigFile(userPath, 'user', environment);
  const project =
    workingDirectory === undefined
      ? undefined
      : await readConfigFile(projectPath(workingDirectory), 'project', environment);
  return {
    ...(project && { project: onlyProjectKeys(project) }),
    ...(user && { user }),
    warnings: [
      ...(project ? foreignKeyWarnings(project) : []),
      ...(user ? secretFileWarnings(user, userPath, environment) : []),
    ],
  };
}

/** Where the user's files are; undefined for a user without a home directory, who has none. */
export function configDirectory({ home }: Environment): string | undefined {
  return home === undefined ? undefined : join(home, '.config', 'planetscale');
}

/** The path with the home directory as `~`, as users write it. */
export function displayPath(path: string, { home }: Environment): string {
  const isInside = home !== undefined && (path === home || path.startsWith(`${home}${sep}`));
  return isInside ? `~${path.slice(home.length)}` : path;
}

/**
 * A path as seen from the working directory.
 *
 * @throws Failure INVALID_USAGE or INVALID_CONFIG, by where the path came from, for a relative one where there
 *   is no working directory any more
 */
export function absolutePath(named: Resolved<string>, { workingDirectory }: Environment): string {
  if (workingDirectory !== undefined) return resolve(workingDirectory, named.value);
  if (isAbsolute(named.value)) return resolve(named.value);
  throw badValue(
    named,
    text`${named.value} (from ${describeSource(named.source)}) is relative to the working directory, which does not exist`,
    ['Change to a directory that exists, or specify an absolute path.'],
  );
}

/**
 * The text of a file, or undefined where there is none.
 *
 * @throws Failure INVALID_CONFIG naming the file and what stands in the way of reading it
 */
export function readIfPresent(path: string, environment: Environment): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const reason = code === 'EACCES' || code === 'EPERM' ? 'permission denied' : code;
    throw new Failure('INVALID_CONFIG', text`cannot read ${displayPath(path, environment)}: ${reason}`, {
      hint: ['Make the file readable for you, or move it away.'],
      cause: error,
    });
  }
}

/** Tells of a file with a secret that other users of the machine can read. Windows has no such mode. */
export function looseModeWarnings(path: string, environment: Environment): Text[] {
  if (environment.platform === 'win32' || (statSync(path).mode & 0o077) === 0) return [];
  const shown = displayPath(path, environment);
  return [text`${shown} holds a secret and other users can read it; run: chmod 600 ${shown}`];
}

async function readConfigFile(
  path: string,
  kind: 'project' | 'user',
  environment: Environment,
): Promise<ConfigFile | undefined> {
  const content = readIfPresent(path, environment);
  if (content === undefined) return undefined;
  const shown = displayPath(path, environment);
  // Loaded only where there is a file: most CI jobs have none.
  const { parseConfig } = await import('./config-yaml.ts');
  return { path: shown, values: parseConfig(content, shown, kind) };
}

function projectPath(workingDirectory: string): string {
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

function foreignKeyWarnings(file: ConfigFile): Text[] {
  const foreign = Object.keys(file.values).filter((key) => !PROJECT_KEYS.includes(key));
  if (foreign.length === 0) return [];
  const allowed = PROJECT_KEYS.join(', ');
  return [
    text`ignoring non-allowlisted keys in ${file.path}: ${listed(foreign.sort())} (project config may only set: ${[allowed]})`,
  ];
}

function secretFileWarnings(file: ConfigFile, path: string, environment: Environment): Text[] {
  return SECRET_KEYS.some((key) => file.values[key]) ? looseModeWarnings(path, environment) : [];
}
