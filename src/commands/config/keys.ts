import { checkName } from '../../api/path.ts';
import { argument, type Completion, switchFlag } from '../../cli/declaration.ts';
import type { Context } from '../../context.ts';
import { absolutePath, displayPath } from '../../files/paths.ts';
import { checkApiUrl } from '../../settings/api-url.ts';
import { tokenId, tokenSecret, userToken } from '../../settings/credentials.ts';
import { namedConfig, projectPath, userConfigPath } from '../../settings/files.ts';
import { checkFormat } from '../../settings/resolve.ts';
import { SECRET_KEYS, VARIABLES, type Variable, type VariableName } from '../../settings/variables.ts';
import { Failure } from '../../text/errors.ts';
import { nearest } from '../../text/nearest.ts';
import { listed, type Text, text, unstyled } from '../../text/text.ts';
import type { Resolved } from '../../values/source.ts';

/** A setting that a configuration file may hold, by the name it has there. */
export interface Key {
  readonly name: VariableName;
  readonly key: string;
  readonly files: Variable['files'];
  readonly isSecret: boolean;
}

/** Every setting that a file may hold. */
export const KEYS: readonly Key[] = variableNames().flatMap((name): Key[] => {
  const { name: key, files }: Variable = VARIABLES[name];
  return files.length === 0 ? [] : [{ name, key, files, isSecret: SECRET_KEYS.includes(key) }];
});

const COMPLETION: Completion = { words: KEYS.map(({ key }) => key), description: 'setting' };

/** The setting that is meant. */
export const KEY = argument('key', 'A setting, such as org', parseKey, COMPLETION);

export const PROJECT = switchFlag('--project', 'The project file instead: .pscale.yml of the repository');

/** @throws Failure INVALID_USAGE that names the nearest, or all */
function parseKey(word: string): Key {
  const key = KEYS.find((candidate) => candidate.key === word);
  if (key) return key;
  const names = KEYS.map((candidate) => candidate.key);
  const meant = nearest(word, names);
  throw new Failure('INVALID_USAGE', text`${word} is not a setting of a configuration file`, {
    hint: meant === undefined ? text`The settings: ${listed(names)}` : text`Did you mean ${meant}?`,
  });
}

export function variableNames(): VariableName[] {
  // Of a table that is written out, so that its keys are all the names there are.
  return Object.keys(VARIABLES).filter((name): name is VariableName => name in VARIABLES);
}

/** A value for a setting, if it can be one. @throws Failure INVALID_USAGE */
export function checkValue({ name, key }: Key, value: string): void {
  const setting: Resolved<string> = { value, source: { kind: 'flag', name: key } };
  if (value === '') {
    throw new Failure('INVALID_USAGE', text`${key} would be empty`, {
      hint: text`Perhaps a shell variable is empty. To remove the setting, use config unset.`,
    });
  }
  switch (name) {
    case 'org':
      checkName(value, 'organization name');
      break;
    case 'database':
      checkName(value, 'database name');
      break;
    case 'serviceTokenId':
      tokenId(setting);
      break;
    case 'serviceToken':
      tokenSecret(setting);
      break;
    case 'apiToken':
      userToken(setting);
      break;
    case 'apiUrl':
      checkApiUrl(setting, false);
      break;
    case 'format':
      checkFormat(setting);
      break;
    case 'noReveal':
      if (!/^(true|false)$/.test(value)) {
        throw new Failure('INVALID_USAGE', text`${key} is true or false, not ${value}`);
      }
      break;
    case 'timeout':
    case 'config':
      throw new Error(`${key} is in no file`);
  }
}

/** The file that is changed. */
export interface ConfigTarget {
  readonly path: Resolved<string>;
  readonly shown: string;
  readonly kind: 'project' | 'user';
}

/**
 * The file that counts: the one that is named, the project's where that is asked for, else the user's.
 *
 * @throws Failure INVALID_USAGE where there is no place for it, or it may not hold the setting
 */
export function configTarget(isProject: boolean, { flags, environment }: Context, key?: Key): ConfigTarget {
  const named = namedConfig(flags, environment);
  if (isProject && named) {
    throw new Failure('INVALID_USAGE', text`with ${namedBy(named)} there is no project file`, {
      hint: text`Leave out --project, or the other.`,
    });
  }
  const kind = isProject ? 'project' : 'user';
  if (key && !key.files.includes(kind)) {
    throw new Failure('INVALID_USAGE', text`a project file may not hold ${key.key}`, {
      hint: text`Whoever clones a repository must not be sent elsewhere with their credentials. Leave out --project.`,
    });
  }
  const found = isProject
    ? environment.workingDirectory && projectPath(environment.workingDirectory)
    : userConfigPath(environment);
  if (!named && !found) {
    throw new Failure(
      'INVALID_USAGE',
      isProject ? text`the working directory does not exist` : text`there is no home directory`,
      { hint: text`Name the file with --config <path>.` },
    );
  }
  const path: Resolved<string> = named ?? { value: found || '', source: { kind: 'default' } };
  return { path, shown: displayPath(absolutePath(path, environment), environment), kind };
}

function namedBy({ source }: Resolved<string>): Text {
  return unstyled(source.kind === 'flag' || source.kind === 'environment' ? source.name : '--config');
}
