/**
 * Every setting, where it may be set and what it means: flags, their help, the environment section of
 * each command's help and the settings page of the documentation are all made from this table.
 * Light on purpose, since `--help` loads it.
 */
export interface Variable {
  /** The flag's name without dashes, which is also the key in a file. */
  readonly name: string;
  /** The flag as commander takes it; none where the setting is ambient only. */
  readonly flag?: string;
  readonly description: string;
  /** Environment variables, the one that wins first. */
  readonly environment: readonly string[];
  readonly files: readonly ('project' | 'user')[];
}

export const FORMATS = ['human', 'json', 'csv'] as const;
export type Format = (typeof FORMATS)[number];

export const DEFAULT_API_URL = 'https://api.planetscale.com';
export const DEFAULT_TIMEOUT = '30s';

/** Settings whose value is a text; the two lists of commands' help are in this order. */
export const VARIABLES = {
  org: {
    name: 'org',
    flag: '--org <organization>',
    description: 'The organization to use',
    environment: ['PLANETSCALE_ORG'],
    files: ['project', 'user'],
  },
  serviceTokenId: {
    name: 'service-token-id',
    flag: '--service-token-id <id>',
    description: 'ID of the service token to authenticate with',
    environment: ['PLANETSCALE_SERVICE_TOKEN_ID', 'PLANETSCALE_SERVICE_TOKEN_NAME'],
    files: ['user'],
  },
  serviceToken: {
    name: 'service-token',
    flag: '--service-token <secret>',
    description: 'Secret of the service token to authenticate with',
    environment: ['PLANETSCALE_SERVICE_TOKEN'],
    files: ['user'],
  },
  apiToken: {
    name: 'api-token',
    flag: '--api-token <token>',
    description: 'User access token to authenticate with',
    environment: ['PLANETSCALE_API_TOKEN'],
    files: ['user'],
  },
  apiUrl: {
    name: 'api-url',
    flag: '--api-url <url>',
    description: `Base URL of the PlanetScale API (default: ${DEFAULT_API_URL})`,
    environment: ['PLANETSCALE_API_URL'],
    files: ['user'],
  },
  format: {
    name: 'format',
    flag: '-f, --format <format>',
    description: 'Output format: human, json or csv (default: human)',
    environment: ['PLANETSCALE_FORMAT'],
    files: ['user'],
  },
  timeout: {
    name: 'timeout',
    flag: '--timeout <duration>',
    description: `Timeout for each request attempt, such as 500ms, 10s or 2m (default: ${DEFAULT_TIMEOUT})`,
    environment: ['PLANETSCALE_TIMEOUT'],
    files: [],
  },
  config: {
    name: 'config',
    flag: '--config <path>',
    description: 'Configuration file to read instead of the usual ones',
    environment: ['PLANETSCALE_CONFIG'],
    files: [],
  },
  noReveal: {
    name: 'no-reveal',
    description: 'Print no secret: create, duplicate and rotate need a place for it',
    environment: ['PLANETSCALE_NO_REVEAL'],
    files: ['user'],
  },
  database: {
    name: 'database',
    description: 'A database set here makes --database or --organization-level necessary',
    environment: ['PLANETSCALE_DATABASE'],
    files: ['project', 'user'],
  },
} as const satisfies Record<string, Variable>;

export type VariableName = keyof typeof VARIABLES;

/** Keys of files whose values no output may hold. */
export const SECRET_KEYS: readonly string[] = [VARIABLES.serviceToken.name, VARIABLES.apiToken.name];

/** Settings that are on or off. */
export const SWITCHES = {
  debug: {
    flag: '--debug',
    description: 'Log requests and responses to stderr, with secrets redacted',
    environment: ['PLANETSCALE_DEBUG'],
  },
  color: {
    flag: '--no-color',
    description: 'Disable color, even on a terminal',
    environment: ['PLANETSCALE_NO_COLOR', 'NO_COLOR', 'FORCE_COLOR'],
  },
  json: {
    flag: '--json',
    description: 'The same as --format json',
    environment: [],
  },
  wide: {
    flag: '--wide',
    description: 'Do not fit tables to the terminal',
    environment: [],
  },
  insecure: {
    flag: '--insecure',
    description: 'Allow plain http:// to a host other than this machine',
    environment: [],
  },
} as const;

/** What the environment alone says. */
export const WITHOUT_FLAG = {
  plain: {
    flag: undefined,
    description: 'Ask in numbered lines and draw nothing twice, for a screen reader; so does TERM=dumb',
    environment: ['ACCESSIBLE'],
  },
} as const;

/** The global flags as commander hands them over; a flag that was not given is absent. */
export interface GlobalFlags {
  readonly org?: string;
  readonly serviceTokenId?: string;
  /** Deprecated spelling of the above in the official CLI, accepted and hidden. */
  readonly serviceTokenName?: string;
  readonly serviceToken?: string;
  readonly apiToken?: string;
  readonly apiUrl?: string;
  readonly format?: string;
  readonly timeout?: string;
  readonly config?: string;
  readonly debug?: boolean;
  readonly insecure?: boolean;
}
