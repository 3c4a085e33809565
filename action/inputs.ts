import { holdsSecret } from '../src/settings/redaction.ts';
import { Failure } from '../src/text/errors.ts';
import { text } from '../src/text/text.ts';
import { shortenedName } from '../src/values/token-name.ts';
import type { Variables } from './runner.ts';

/** What the action is asked for. */
export interface Inputs {
  /** A command line for the token: what it may do, until when, and from where. */
  readonly words: readonly string[];
  /** The settings and credentials that it is created with, and no others. */
  readonly variables: Record<string, string>;
  readonly name: string;
  readonly isExported: boolean;
}

/** The variable by which a second use of the action knows the token of the first. */
export const EXPORTED_ID = 'PSCALE_SERVICE_TOKEN_ACTION_TOKEN_ID';

/** How requests leave the machine: no settings of this program's, and the same for creating and deleting. */
const PROXIES = ['HTTPS_PROXY', 'https_proxy', 'HTTP_PROXY', 'http_proxy', 'NO_PROXY', 'no_proxy'];
const CREDENTIALS = ['PLANETSCALE_SERVICE_TOKEN_ID', 'PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN'];

/** All that {@link Inputs.variables} may hold. */
export const VARIABLES = [
  ...PROXIES,
  ...CREDENTIALS,
  'PLANETSCALE_ORG',
  'PLANETSCALE_API_URL',
  'PLANETSCALE_DEBUG',
];
/** What makes a token's name unique, at its end. */
export const NONCE = / [0-9a-f]{8}$/;

/** Inputs that a secret belongs in, or whose mistake is found with a better hint. */
const PAIR = ['service-token', 'service-token-id'];

/**
 * Reads the inputs, as the runner hands them over: `INPUT_` and the name in capitals, hyphens kept. An empty one is
 * not set. No configuration file counts: a checkout or a machine of one's own may hold anything.
 *
 * @param nonce what makes the token's name unique
 * @throws Failure INVALID_USAGE
 */
export function readInputs(env: Variables, nonce: string): Inputs {
  const input = (name: string): string | undefined => {
    const value = env[`INPUT_${name.toUpperCase()}`]?.trim();
    if (value && !PAIR.includes(name) && holdsSecret(value)) {
      throw new Failure('INVALID_USAGE', text`the input ${name} holds a secret (pscale_tkn_…)`, {
        hint: text`A secret belongs in the input service-token only.`,
      });
    }
    return value || undefined;
  };
  const access = entriesOf(input('access'));
  if (access.length === 0) {
    throw new Failure('INVALID_USAGE', text`the input access is empty`, {
      hint: text`One access a line, such as: shop=read_branch,create_branch`,
    });
  }
  const cidrs = entriesOf(input('cidrs')).flatMap((line) => line.split(/[\s,]+/).filter(Boolean));
  if (input('cidrs') !== undefined && cidrs.length === 0) {
    throw new Failure('INVALID_USAGE', text`the input cidrs holds comments only`, {
      hint: text`Leave it out for a token that is accepted from any address.`,
    });
  }
  const words = [
    ...access.map((line) => `--access=${line}`),
    `--ttl=${input('ttl') ?? '1h'}`,
    ...(cidrs.length === 0 ? [] : [`--cidrs=${cidrs.join(',')}`]),
  ];
  return {
    words,
    variables: { ...connectionOf(env, input), ...credentialsOf(env, input) },
    name: shortenedName(`${input('name') ?? usualName(env)} ${nonce}`),
    isExported: booleanOf('export-env', input('export-env') ?? 'true'),
  };
}

/** The entries of a list, one a line or behind a list mark of YAML (`- `); a line that begins with `#` is a comment. */
function entriesOf(list = ''): string[] {
  return list
    .split('\n')
    .map((line) => line.trim().replace(/^-(?:\s+|$)/, ''))
    .filter((line) => line !== '' && !line.startsWith('#'));
}

function connectionOf(env: Variables, input: (name: string) => string | undefined): Record<string, string> {
  const organization = input('organization') ?? env.PLANETSCALE_ORG;
  const apiUrl = input('api-url') ?? env.PLANETSCALE_API_URL;
  if (!organization) {
    throw new Failure('INVALID_USAGE', text`the input organization is empty, and PLANETSCALE_ORG is not set`);
  }
  return {
    ...picked(env, PROXIES),
    PLANETSCALE_ORG: organization,
    ...(apiUrl && { PLANETSCALE_API_URL: apiUrl }),
    ...(env.RUNNER_DEBUG === '1' && { PLANETSCALE_DEBUG: '1' }),
  };
}

/** Those of the inputs, or else of the environment: never a half of each. */
function credentialsOf(env: Variables, input: (name: string) => string | undefined): Record<string, string> {
  const id = input('service-token-id');
  const secret = input('service-token');
  if (id !== undefined && secret !== undefined) {
    return { PLANETSCALE_SERVICE_TOKEN_ID: id, PLANETSCALE_SERVICE_TOKEN: secret };
  }
  if (id !== undefined || secret !== undefined) {
    const missing = id === undefined ? 'service-token-id' : 'service-token';
    throw new Failure('INVALID_USAGE', text`the input ${missing} is empty, and the other half is given`, {
      hint: text`Is the secret set, and may this job read it? Forks get none.`,
    });
  }
  const found = picked(env, CREDENTIALS);
  if (Object.keys(found).length === 0) {
    throw new Failure('INVALID_USAGE', text`the inputs service-token-id and service-token are empty`, {
      hint: text`Are the secrets set, and may this job read them? Forks get none.`,
    });
  }
  const inUse = found.PLANETSCALE_SERVICE_TOKEN_ID;
  if (inUse !== undefined && inUse === env[EXPORTED_ID]) {
    throw new Failure(
      'INVALID_USAGE',
      text`the credentials of the environment, ${inUse}, are the token that an earlier use of this action created in this job`,
      {
        hint: text`Give this use its own: set the inputs service-token-id and service-token, or export-env: false in the earlier one.`,
      },
    );
  }
  return found;
}

function picked(env: Variables, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = env[name];
      return value ? [[name, value]] : [];
    }),
  );
}

function usualName(env: Variables): string {
  const { GITHUB_REPOSITORY, GITHUB_RUN_ID, GITHUB_RUN_ATTEMPT, GITHUB_JOB } = env;
  return `github ${GITHUB_REPOSITORY ?? '-'} ${GITHUB_RUN_ID ?? '-'}/${GITHUB_RUN_ATTEMPT ?? '1'} ${GITHUB_JOB ?? '-'}`;
}

/** As YAML 1.2 spells them, which is what the runner's own toolkit takes. */
function booleanOf(name: string, value: string): boolean {
  if (/^(?:true|True|TRUE)$/.test(value)) return true;
  if (/^(?:false|False|FALSE)$/.test(value)) return false;
  throw new Failure('INVALID_USAGE', text`the input ${name} is neither true nor false: ${value}`);
}
