import { type Text, text, unstyled } from '../text/text.ts';
import { badValue, emptyFlag, wrongValue } from '../values/bad-value.ts';
import { parseDuration } from '../values/duration.ts';
import { type Environment, saysYes, variable } from '../values/environment.ts';
import { describeSource, type Resolved } from '../values/source.ts';
import { checkApiUrl, hasVersion } from './api-url.ts';
import type { CredentialCandidates } from './credentials.ts';
import type { ConfigFiles } from './files.ts';
import { holdsSecret } from './redaction.ts';
import {
  DEFAULT_API_URL,
  DEFAULT_TIMEOUT,
  FORMATS,
  type Format,
  type GlobalFlags,
  VARIABLES,
  type VariableName,
} from './variables.ts';

/** The settings of one invocation, each with its source. */
export interface Settings {
  readonly organization: Resolved<string> | undefined;
  /** A database that is set outside the command line; it makes the scope of a grant ambiguous. */
  readonly ambientDatabase: Resolved<string> | undefined;
  readonly apiUrl: Resolved<URL>;
  /** Whether the address was given with the version that every request adds. */
  readonly isVersionDropped: boolean;
  readonly format: Resolved<Format>;
  /** Milliseconds that one try of a request may take. */
  readonly timeout: Resolved<number>;
  /** Who says that no secret is to be printed, if anybody does. */
  readonly noReveal: Resolved<string> | undefined;
  readonly candidates: CredentialCandidates;
  readonly warnings: readonly Text[];
}

/** What stands between gives up on an answer sooner than this, so a longer promise could not be kept. */
const LONGEST_TIMEOUT = 300_000;

/**
 * Resolves flags > environment > project file > user config > default.
 *
 * @throws Failure INVALID_USAGE (a flag) or INVALID_CONFIG (anything else) for a value that cannot be used
 */
export function resolveSettings(flags: GlobalFlags, environment: Environment, files: ConfigFiles): Settings {
  const find = (name: VariableName): Resolved<string> | undefined => lookUp(name, flags, environment, files);
  const fallback = (value: string): Resolved<string> => ({ value, source: { kind: 'default' } });
  const id = find('serviceTokenId');
  const apiUrl = find('apiUrl') ?? fallback(DEFAULT_API_URL);
  const warnings = [...files.warnings];
  if (id?.source.kind === 'environment' && id.source.name === 'PLANETSCALE_SERVICE_TOKEN_NAME') {
    warnings.push(text`PLANETSCALE_SERVICE_TOKEN_NAME is deprecated: use PLANETSCALE_SERVICE_TOKEN_ID`);
  }
  return {
    organization: withoutSecret(find('org'), 'the name of an organization'),
    ambientDatabase: withoutSecret(find('database'), 'the name of a database'),
    apiUrl: checkApiUrl(apiUrl, flags.insecure ?? false),
    isVersionDropped: hasVersion(apiUrl.value),
    format: resolveFormat(flags, environment, files),
    timeout: checkTimeout(find('timeout') ?? fallback(DEFAULT_TIMEOUT)),
    // One yes is enough: a variable that says no does not lift what the user's file forbids.
    noReveal: candidatesFor('noReveal', flags, environment, files).find(({ value }) => saysYes(value)),
    candidates: { id, secret: find('serviceToken'), userToken: find('apiToken') },
    warnings,
  };
}

/** The format alone, for whoever has to print before, or without, the other settings. @throws Failure as above */
export function resolveFormat(
  flags: GlobalFlags,
  environment: Environment,
  files: ConfigFiles,
): Resolved<Format> {
  return checkFormat(
    lookUp('format', flags, environment, files) ?? { value: 'human', source: { kind: 'default' } },
  );
}

/** @throws Failure for a format that is not one */
export function checkFormat(setting: Resolved<string>): Resolved<Format> {
  const value = FORMATS.find((format) => format === setting.value);
  if (value !== undefined) return { value, source: setting.source };
  throw wrongValue(setting, `is not a format; the formats are ${FORMATS.join(', ')}`);
}

function lookUp(
  name: VariableName,
  flags: GlobalFlags,
  environment: Environment,
  files: ConfigFiles,
): Resolved<string> | undefined {
  return candidatesFor(name, flags, environment, files)[0];
}

/**
 * Everything that a setting is set to, unchecked; the first one is in force.
 *
 * @throws Failure INVALID_USAGE for a flag with nothing behind it
 */
export function candidatesFor(
  name: VariableName,
  flags: GlobalFlags,
  environment: Environment,
  files: ConfigFiles,
): Resolved<string>[] {
  const { environment: variables, files: kinds, name: key } = VARIABLES[name];
  const fromFlag = flagValue(name, flags);
  return [
    ...(fromFlag ? [fromFlag] : []),
    ...variables.flatMap((variableName): Resolved<string>[] => {
      const value = variable(environment, variableName);
      return value ? [{ value, source: { kind: 'environment', name: variableName } }] : [];
    }),
    ...kinds.flatMap((kind): Resolved<string>[] => {
      const file = files[kind];
      const value = file?.values[key];
      return file && value ? [{ value, source: { kind: 'file', path: file.path, key } }] : [];
    }),
  ];
}

function flagValue(name: VariableName, flags: GlobalFlags): Resolved<string> | undefined {
  if (name === 'database' || name === 'noReveal') return undefined;
  const renamed = name === 'serviceTokenId' && flags.serviceTokenId === undefined;
  const value = renamed ? flags.serviceTokenName : flags[name];
  if (value === undefined) return undefined;
  const flag = renamed ? '--service-token-name' : `--${VARIABLES[name].name}`;
  if (value === '') {
    throw emptyFlag(flag);
  }
  return { value, source: { kind: 'flag', name: flag } };
}

/** @throws Failure where a secret stands in the place of a name: it would be shown, sent, and logged on the way */
export function withoutSecret(
  setting: Resolved<string> | undefined,
  expected: string,
): Resolved<string> | undefined {
  if (setting === undefined || !holdsSecret(setting.value)) return setting;
  throw badValue(
    setting,
    text`${describeSource(setting.source)} holds a secret, not ${unstyled(expected)}`,
    text`Change it. The secret was not sent anywhere.`,
  );
}

function checkTimeout(setting: Resolved<string>): Resolved<number> {
  const value = parseDuration(setting.value);
  if (value === undefined) throw wrongValue(setting, 'is not a duration such as 500ms, 10s or 2m');
  if (value < 1) throw wrongValue(setting, 'is too short: a request needs some time');
  if (value > LONGEST_TIMEOUT) throw wrongValue(setting, 'is too long: five minutes (5m) at most');
  return { value, source: setting.source };
}
