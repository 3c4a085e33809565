import { describe, expect, test } from 'vitest';
import { FOUND_SOMETHING } from '../src/cli/exits.ts';
import { errorBlock, errorEnvelope, exitStatus, toFailure } from '../src/exit.ts';
import { Failure, type FailureCode, Interrupted } from '../src/text/errors.ts';
import { plain, text } from '../src/text/text.ts';

/** The published table; the compiler demands a row for every code. */
const STATUSES = {
  NO_AUTH: 1,
  AUTH_INVALID: 1,
  NO_ORG: 1,
  INVALID_USAGE: 1,
  UNKNOWN_COMMAND: 1,
  UNKNOWN_FLAG: 1,
  INVALID_CONFIG: 1,
  TTY_REQUIRED: 1,
  CONFIRMATION_REQUIRED: 1,
  CANCELLED: 1,
  NOT_FOUND: 2,
  FORBIDDEN: 2,
  INVALID_REQUEST: 2,
  RATE_LIMITED: 2,
  API_ERROR: 2,
  INVALID_RESPONSE: 2,
  NETWORK_ERROR: 2,
  TIMEOUT: 2,
  COMMAND_FAILED: 2,
  INTERRUPTED: 130,
} as const satisfies Record<FailureCode, number>;

const CODES = Object.keys(STATUSES).filter((code): code is FailureCode => code in STATUSES);

describe('every code', () => {
  test.each(CODES)('%s ends with the status of the published table', (code) => {
    expect(exitStatus(new Failure(code, text`no`))).toBe(STATUSES[code]);
  });

  test.each(CODES)('%s is action_required exactly where the status is 1', (code) => {
    const { status } = errorEnvelope(new Failure(code, text`no`));
    expect(status).toBe(STATUSES[code] === 1 ? 'action_required' : 'error');
  });

  test.each(CODES)('%s names itself in its envelope and says what to do next', (code) => {
    const envelope = errorEnvelope(new Failure(code, text`no ${'x'}`));
    expect(envelope.error).toBe('no x');
    expect(envelope.issues).toEqual([expect.objectContaining({ code, message: 'no x' })]);
    expect(envelope.next_steps).toEqual(expect.arrayContaining([expect.stringMatching(/\S/)]));
  });

  test.each(CODES.filter((code) => code !== 'NO_AUTH'))('%s has the four keys of the envelope', (code) => {
    expect(Object.keys(errorEnvelope(new Failure(code, text`no`)))).toEqual([
      'status',
      'error',
      'issues',
      'next_steps',
    ]);
  });
});

test('NO_AUTH has the extra keys of the official CLI, in its order', () => {
  const envelope = errorEnvelope(new Failure('NO_AUTH', text`not authenticated`, { hint: text`Log in.` }));
  expect(Object.keys(envelope)).toEqual([
    'status',
    'authenticated',
    'code',
    'error',
    'agent_guide_command',
    'issues',
    'next_steps',
  ]);
  expect(envelope).toMatchObject({
    status: 'action_required',
    authenticated: false,
    code: 'NO_AUTH',
    issues: [
      { code: 'NO_AUTH', message: expect.stringContaining('not authenticated'), remediation: 'Log in.' },
    ],
  });
  expect(Object.keys(Object(Object(envelope.issues)[0]))).toEqual(['code', 'message', 'remediation']);
});

test('NO_AUTH has a remediation even where there is no hint', () => {
  const envelope = errorEnvelope(new Failure('NO_AUTH', text`not authenticated`));
  expect(envelope.issues).toEqual([expect.objectContaining({ remediation: expect.stringMatching(/\S/) })]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s ends with %i, as a shell reports it', (signal, status) => {
  const failure = new Interrupted(signal);
  expect(exitStatus(failure)).toBe(status);
  expect(failure.message).toContain(signal);
  expect(errorEnvelope(failure)).toMatchObject({ status: 'error', issues: [{ code: 'INTERRUPTED' }] });
});

test('a check that found something has a status of its own', () => {
  expect(FOUND_SOMETHING).toBe(3);
  expect(new Set<number>(Object.values(STATUSES))).not.toContain(FOUND_SOMETHING);
});

test("a failure's own next steps take the place of the usual ones, an empty list too", () => {
  const steps = ['pscale-service-token list'];
  expect(errorEnvelope(new Failure('NOT_FOUND', text`no`, { nextSteps: steps })).next_steps).toEqual(steps);
  expect(errorEnvelope(new Failure('NOT_FOUND', text`no`, { nextSteps: [] })).next_steps).toEqual([]);
});

test('the hint stands under the message for people, and is the remediation in the envelope', () => {
  const failure = new Failure('NOT_FOUND', text`token ${'x'} does not exist`, {
    hint: text`Look at ${'list'}.`,
  });
  expect(plain(errorBlock(failure))).toBe('token x does not exist\nLook at list.');
  const message = 'token x does not exist';
  expect(errorEnvelope(failure)).toMatchObject({
    error: message,
    issues: [{ code: 'NOT_FOUND', message, remediation: 'Look at list.' }],
  });
});

test('control characters of a value reach the envelope as they are: JSON escapes them', () => {
  expect(errorEnvelope(new Failure('API_ERROR', text`${'\u001b[31mred'}`)).error).toBe('\u001b[31mred');
});

describe('toFailure', () => {
  test('passes a failure on as it is', () => {
    const failure = new Failure('TIMEOUT', text`too slow`);
    expect(toFailure(failure)).toBe(failure);
  });

  test.each([
    ['an error', new TypeError('x is not a function'), 'x is not a function'],
    ['anything else that is thrown', 'a word', 'a word'],
    ['nothing', undefined, 'undefined'],
  ])('makes COMMAND_FAILED of %s, with its message and its cause', (_, thrown, message) => {
    const failure = toFailure(thrown);
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain(message);
    expect(failure.cause).toBe(thrown);
    expect(plain(errorBlock(failure))).toContain('--debug');
  });
});

describe('what a defect leaves behind', () => {
  test('is told where a token is being created', () => {
    const failure = toFailure(new Error('boom'), { organization: 'acme', id: undefined });
    expect(failure.message).toBe('unexpected error: boom\nA token may have been created.');
    expect(failure.nextSteps).toEqual([
      'pscale-service-token list --org acme',
      'pscale-service-token delete <token-id> --org acme',
    ]);
  });

  test('is told by its id where that is known', () => {
    const failure = toFailure(new Error('boom'), { organization: 'acme', id: 'k3j9x0q2m7ab' });
    expect(failure.message).toBe('unexpected error: boom\nService token k3j9x0q2m7ab may still exist.');
    expect(failure.nextSteps).toEqual(['pscale-service-token delete k3j9x0q2m7ab --org acme --force']);
  });

  test('is for a failure on purpose to tell', () => {
    const failure = new Failure('TIMEOUT', text`no answer`);
    expect(toFailure(failure, { organization: 'acme', id: undefined })).toBe(failure);
  });
});
