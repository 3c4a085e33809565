import { commandLine, PROGRAM } from '../text/command-line.ts';
import type { FailureCode } from '../text/errors.ts';

/** 1: the caller must act before it can work. 2: it was tried and failed. */
type Kind = 1 | 2;

/** Every code, how the program ends with it, and what helps if the failure itself does not say. */
export const EXITS: Readonly<Record<Exclude<FailureCode, 'INTERRUPTED'>, readonly [Kind, ...string[]]>> = {
  NO_AUTH: [1, 'pscale auth login', commandLine('--help')],
  AUTH_INVALID: [1, 'pscale auth login', commandLine('list')],
  NO_ORG: [1, 'Re-run with --org <organization>, or set PLANETSCALE_ORG'],
  INVALID_USAGE: [1, `Re-run with the arguments and flags that ${PROGRAM} <command> --help shows`],
  UNKNOWN_COMMAND: [1, commandLine('--help')],
  UNKNOWN_FLAG: [1, `${PROGRAM} <command> --help`],
  INVALID_CONFIG: [1, 'Fix or unset the setting named in the error message'],
  TTY_REQUIRED: [1, 'Re-run in a terminal, or with the flags named in the error message'],
  CONFIRMATION_REQUIRED: [
    1,
    'Ask the user to approve this action',
    'Re-run the same command with --force after approval',
  ],
  CANCELLED: [1, 'Nothing was changed; re-run the command to decide again'],
  NOT_FOUND: [2, commandLine('list', '--format', 'json')],
  FORBIDDEN: [2, 'Re-run with credentials that may do this'],
  INVALID_REQUEST: [2, 'Change the value that the error message names'],
  RATE_LIMITED: [2, 'Wait a minute, then re-run the command'],
  API_ERROR: [2, 'Re-run the command later', 'https://www.planetscalestatus.com'],
  INVALID_RESPONSE: [2, 'Check --api-url', 'Re-run with --debug to see the requests'],
  NETWORK_ERROR: [2, 'Check network connectivity and --api-url, then retry'],
  TIMEOUT: [2, 'Re-run with a longer --timeout'],
  COMMAND_FAILED: [2, 'Re-run with --debug to see the requests'],
};

/** The status of a check that ran well and found something: its output is printed all the same. */
export const FOUND_SOMETHING = 3;

/** A command that runs another one failed itself before that one was started; as env and docker end. */
export const WRAPPER_FAILED = 125;

/** What each status means, for whoever reads it. */
export const STATUSES = [
  [0, 'done'],
  [1, 'the caller must act first: credentials, a flag, a confirmation'],
  [2, 'it was tried, and failed'],
  [FOUND_SOMETHING, 'a check found something; the normal output is printed'],
  [WRAPPER_FAILED, 'exec failed itself, before its command was started'],
  [126, 'exec: the command cannot be run'],
  [127, 'exec: there is no such command'],
  [129, 'ended by SIGHUP'],
  [130, 'ended by SIGINT'],
  [143, 'ended by SIGTERM'],
] as const;
