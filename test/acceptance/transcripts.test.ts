import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { type Emulator, type Fault, type RequestRecord, startEmulator } from '../../src/emulator/index.ts';
import transcripts from '../fixtures/pscale-transcripts.json' with { type: 'json' };
import { type CliResult, createHome, runCli } from '../support/cli.ts';

/**
 * What the official CLI printed, case by case, against what this program prints on an emulator in the
 * same state. A case is either the same, or listed below with what this program does instead.
 */
const recordedCase = z.object({
  name: z.string(),
  argv: z.array(z.string()),
  env: z._default(z.record(z.string(), z.string()), {}),
  files: z._default(z.record(z.string(), z.string()), {}),
  faults: z._default(
    z.array(
      z.object({
        status: z.number(),
        raw: z.optional(z.string()),
        body: z.optional(z.unknown()),
        headers: z.optional(z.record(z.string(), z.string())),
      }),
    ),
    [],
  ),
  state: z.object({ tokens: z.number(), before: z._default(z.array(z.array(z.string())), []) }),
  exit: z.number(),
  stdout: z.string(),
  stderr: z.string(),
});
type RecordedCase = z.infer<typeof recordedCase>;

const CASES = z.object({ cases: z.array(recordedCase) }).parse(transcripts).cases;

/** A failure this program answers with, in every format. */
interface Refusal {
  readonly status: 1 | 2;
  readonly code: string;
  readonly message: RegExp;
  /** Nothing may have been sent. */
  readonly silent?: boolean;
}

/** Failures, and successes of the official CLI that are defects, by the case's name without its format. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  'delete missing': {
    status: 2,
    code: 'NOT_FOUND',
    message: /^token nope does not exist in organization acme/,
  },
  'add-access missing token': {
    status: 2,
    code: 'NOT_FOUND',
    message: /^token nope does not exist in organization acme\nRun 'pscale-service-token list'/,
  },
  'add-access missing database': {
    status: 2,
    code: 'NOT_FOUND',
    message: /^database nope does not exist in organization acme\nIts databases are: /,
  },
  'delete-access missing token': {
    status: 2,
    code: 'NOT_FOUND',
    message: /^token nope does not exist in organization acme/,
  },
  'show-access missing': {
    status: 2,
    code: 'NOT_FOUND',
    message: /^service token nope does not exist in organization acme/,
  },
  'list unknown org': { status: 2, code: 'NOT_FOUND', message: /^organization nope does not exist/ },
  'create unknown org': { status: 2, code: 'NOT_FOUND', message: /^organization nope does not exist/ },
  'org flag over environment': { status: 2, code: 'NOT_FOUND', message: /^organization nope does not exist/ },
  'no credentials': {
    status: 1,
    code: 'NO_AUTH',
    message: /^not authenticated.*\n.*PLANETSCALE/,
    silent: true,
  },
  'no org': { status: 1, code: 'NO_ORG', message: /--org or PLANETSCALE_ORG/, silent: true },
  'half a pair: secret only': {
    status: 1,
    code: 'NO_AUTH',
    message: /^both --service-token and --service-token-id are required .*\n--service-token is set/,
    silent: true,
  },
  'half a pair: id only': {
    status: 1,
    code: 'NO_AUTH',
    message: /^both --service-token and --service-token-id are required .*\n--service-token-id is set/,
    silent: true,
  },
  'swapped pair': {
    status: 1,
    code: 'NO_AUTH',
    message: /^it looks like you swapped the --service-token and --service-token-id values/,
    silent: true,
  },
  'wrong user token': { status: 1, code: 'AUTH_INVALID', message: /pscale auth login.*\n.*\(--api-token\)/ },
  '401 expired': { status: 1, code: 'AUTH_INVALID', message: /The access token expired/ },
  'add-access no arguments': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^missing argument: <token-id>/,
    silent: true,
  },
  'add-access one argument': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^missing argument: <access>/,
    silent: true,
  },
  'delete no arguments': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^missing argument: <token-id>/,
    silent: true,
  },
  'list extra argument': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^unexpected argument: extra/,
    silent: true,
  },
  'unknown subcommand': {
    status: 1,
    code: 'UNKNOWN_COMMAND',
    message: /lsit\nDid you mean .*list/,
    silent: true,
  },
  'unknown flag': { status: 1, code: 'UNKNOWN_FLAG', message: /^unknown flag: --wat/, silent: true },
  'ttl abc': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^invalid --ttl "abc": use seconds or a duration such as 12h or 30d/,
    silent: true,
  },
  'unknown access': { status: 2, code: 'INVALID_REQUEST', message: /^Access wat is not valid/ },
  '500 json': { status: 2, code: 'API_ERROR', message: /^boom/ },
  'cut json': {
    status: 2,
    code: 'INVALID_RESPONSE',
    message: /not JSON instead of page 1 of a list: \{"data": \[/,
  },
  'refused connection': {
    status: 2,
    code: 'NETWORK_ERROR',
    message: /127\.0\.0\.1:9: connection refused/,
  },
  'id that walks': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /cannot be a token id: it contains a slash/,
    silent: true,
  },
  'ambient database': {
    status: 1,
    code: 'INVALID_USAGE',
    message:
      /^ambiguous scope: PLANETSCALE_DATABASE is set to shop\nSpecify --database shop or --organization-level\./,
    silent: true,
  },
  'empty database flag': { status: 1, code: 'INVALID_USAGE', message: /^--database is empty/, silent: true },
  'branch create exists': { status: 2, code: 'INVALID_REQUEST', message: /^Name has already been taken/ },
  'branch create missing database': {
    status: 2,
    code: 'NOT_FOUND',
    message:
      /^source database nope does not exist in organization acme\nNote: you are using a service token.*\n.*'create_branch'/s,
  },
  'branch delete': {
    status: 1,
    code: 'CONFIRMATION_REQUIRED',
    message: /\(run with --force to override\)/,
    silent: true,
  },
  'bad format': {
    status: 1,
    code: 'INVALID_USAGE',
    message: /^yaml \(from --format\) is not a format/,
    silent: true,
  },
  'broken user config': {
    status: 1,
    code: 'INVALID_CONFIG',
    message: /^cannot read ~\/\.config\/planetscale\/pscale\.yml/,
    silent: true,
  },
  'broken project file': {
    status: 1,
    code: 'INVALID_CONFIG',
    message: /^cannot read ~\/\.pscale\.yml/,
    silent: true,
  },
};

/** Cases that fail there and are done here, or print something else here on purpose. */
const BETTER: Readonly<Record<string, (result: CliResult, recorded: RecordedCase) => void>> = {
  'create csv': (result) => expectCreatedRow(result, /^[a-z0-9]{12},,pscale_tkn_[\w-]+,0,\d{13}$/),
  'create named ttl csv': (result) =>
    expectCreatedRow(result, /^[a-z0-9]{12},ci,pscale_tkn_[\w-]+,\d{13},\d{13}$/),
  'create ttl 0 csv': (result) => expectCreatedRow(result, /^[a-z0-9]{12},,pscale_tkn_[\w-]+,0,\d{13}$/),
  'create empty name csv': (result) => expectCreatedRow(result, /^[a-z0-9]{12},,pscale_tkn_[\w-]+,0,\d{13}$/),
  'delete-access two csv': (result) =>
    expectDone(result, 'Result,Perms\naccess removed,"read_branch,create_branch"\n'),
  'delete-access one csv': (result) => expectDone(result, 'Result,Perms\naccess removed,read_branch\n'),
  'delete csv': (result) => expectDone(result, 'Result\ntoken deleted\n'),
  'list 60 tokens json': (result, recorded) => {
    const rows = z.array(z.unknown()).parse(JSON.parse(result.stdout));
    expect(rows).toHaveLength(60);
    expect(rows.slice(0, 25)).toEqual(JSON.parse(recorded.stdout));
  },
  'list 60 tokens csv': (result, recorded) => {
    expect(result.stdout.startsWith(recorded.stdout.trimEnd())).toBe(true);
    expect(result.stdout.trimEnd().split('\n')).toHaveLength(61);
  },
  '502 html': (result, recorded) => expectListed(result, recorded),
  '429': (result, recorded) => expectListed(result, recorded),
  'service token refused': (result, recorded) => expectListed(result, recorded),
  'both kinds of credentials': (result, recorded) => expectListed(result, recorded),
  'project file with other keys': (result, recorded) => {
    expect(result.stderr).toBe(recorded.stderr);
    expect(result.stdout).toBe(withoutExtraLine(recorded.stdout));
  },
  'no subcommand': (result) => expect(result.stdout).toMatch(/^Usage: pscale-service-token <command>/),
  help: (result) => expect(result.stdout).toMatch(/^Usage: pscale-service-token <command>/),
  version: (result) => expect(result.stdout).toMatch(/^pscale-service-token version \d+\.\d+\.\d+\n$/),
};

describe('answers as the official CLI, or as the contract says is better', () => {
  test.concurrent.each(CASES)('$name', async (recorded) => {
    const { result, requests } = await replay(recorded);
    const name = recorded.name.replace(/ (human|json|csv)$/, '');
    const refusal = REFUSALS[recorded.name] ?? REFUSALS[name];
    const better = BETTER[recorded.name] ?? BETTER[name];
    if (refusal) {
      expectRefusal(result, refusal, recorded.argv.includes('json'));
      if (refusal.silent) expect(requests).toEqual([]);
      return;
    }
    expect({ status: result.status, stderr: better ? '' : result.stderr }).toEqual({ status: 0, stderr: '' });
    if (better) better(result, recorded);
    else if (recorded.name.endsWith(' human')) expectHuman(result);
    else expectSame(result, recorded);
  });
});

test('every difference listed belongs to a recorded case', () => {
  const names = CASES.flatMap(({ name }) => [name, name.replace(/ (human|json|csv)$/, '')]);
  for (const name of [...Object.keys(REFUSALS), ...Object.keys(BETTER)]) expect(names).toContain(name);
});

/** Plays the case on an emulator and in a home directory of its own. */
async function replay(
  recorded: RecordedCase,
): Promise<{ result: CliResult; requests: readonly RequestRecord[] }> {
  const home = createHome();
  const emulator = await startEmulator({ seed: seedOf(recorded.state.tokens) });
  try {
    const api = { PLANETSCALE_API_URL: emulator.url };
    for (const argv of recorded.state.before) {
      const env = { ...api, PLANETSCALE_ORG: 'acme', PLANETSCALE_API_TOKEN: USER_TOKEN };
      expect(await runCli(argv, { home, env })).toMatchObject({ status: 0 });
    }
    for (const [path, content] of Object.entries(recorded.files)) {
      const file = join(home.path, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content, { mode: 0o600 });
    }
    emulator.inject(...recorded.faults.map(faultOf));
    const sent = emulator.requests.length;
    const result = await runCli(recorded.argv, { home, env: { ...api, ...credentials(recorded, emulator) } });
    return { result, requests: emulator.requests.slice(sent) };
  } finally {
    await emulator.close();
    home.remove();
  }
}

/** The recorded environment, its administrator replaced by the emulator's. */
function credentials({ env }: RecordedCase, { administrator }: Emulator): Record<string, string> {
  if (!env.PLANETSCALE_SERVICE_TOKEN) return env;
  return {
    ...env,
    PLANETSCALE_SERVICE_TOKEN_ID: administrator.serviceTokenId,
    PLANETSCALE_SERVICE_TOKEN: administrator.serviceToken,
  };
}

const USER_TOKEN = 'pscale_oauth_oracle_user';

/** The recorded state, as the fixture's `about` describes it. */
function seedOf(count: number): unknown {
  const day = 86_400_000;
  const first = Date.parse('2026-01-01T00:00:00Z');
  const tokens = Array.from({ length: count }, (_, i) => {
    const created = first + i * 1_000;
    return {
      id: `tok${String(i).padStart(9, '0')}`,
      ...(i % 5 !== 4 && { name: `token-${i}` }),
      created_at: new Date(created).toISOString(),
      ...(i % 3 !== 0 && { last_used_at: new Date(created + day).toISOString() }),
      ...(i % 4 === 3 && { expires_at: new Date(created + 7 * day).toISOString() }),
    };
  });
  const branches = [{ name: 'main', production: true }];
  return {
    organization: 'acme',
    users: [{ name: 'Oracle', token: USER_TOKEN }],
    databases: [
      { name: 'shop', kind: 'mysql', branches },
      { name: 'blog', kind: 'mysql', branches },
    ],
    tokens,
  };
}

function faultOf({ status, raw, body, headers }: RecordedCase['faults'][number]): Fault {
  const text = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  return { answer: status, count: 1, ...(text !== undefined && { body: text }), ...(headers && { headers }) };
}

const ENVELOPE = z.object({
  status: z.string(),
  error: z.string(),
  issues: z.array(z.object({ code: z.string(), message: z.string(), remediation: z.optional(z.string()) })),
});

function expectRefusal(result: CliResult, refusal: Refusal, json: boolean): void {
  if (json) {
    const envelope = ENVELOPE.parse(JSON.parse(result.stdout));
    const [issue] = envelope.issues;
    expect(issue?.message).toBe(envelope.error);
    expect(`${envelope.error}\n${issue?.remediation ?? ''}`).toMatch(refusal.message);
    expect(envelope.issues.map(({ code }) => code)).toEqual([refusal.code]);
    expect(envelope.status).toBe(refusal.status === 1 ? 'action_required' : 'error');
  } else {
    expect(result.stdout).toBe('');
    const block = result.stderr.slice(result.stderr.indexOf('Error: '));
    expect(block).toMatch(/^Error: /);
    expect(block.slice('Error: '.length)).toMatch(refusal.message);
  }
  expect(result.status).toBe(refusal.status);
}

function expectSame(result: CliResult, recorded: RecordedCase): void {
  if (recorded.name.startsWith('create')) {
    expect(masked(result.stdout)).toBe(masked(recorded.stdout));
  } else if (recorded.name.startsWith('add-access') && recorded.name.endsWith('json')) {
    // The official CLI prints these rows in no stable order.
    const rows = z.array(z.unknown()).parse(JSON.parse(result.stdout));
    const official = z.array(z.unknown()).parse(JSON.parse(recorded.stdout));
    expect(rows).toHaveLength(official.length);
    expect(rows).toEqual(expect.arrayContaining(official));
    expect(result.stdout).toBe(`${JSON.stringify(rows, undefined, 2)}\n`);
  } else if (recorded.argv[0] === 'branch') {
    expectSameBranch(result, recorded);
  } else {
    expect(result.stdout).toBe(withoutExtraLine(recorded.stdout));
  }
}

/** Same columns, and of the keys those that the API gives; ids, links and times are the emulator's own. */
function expectSameBranch(result: CliResult, recorded: RecordedCase): void {
  if (recorded.name.endsWith('csv')) {
    const cells = (csv: string): string =>
      csv.replace(/^br\w*|^[a-z0-9]{12}/gm, '<id>').replace(/\d{13}/g, '<time>');
    expect(cells(result.stdout)).toBe(cells(withoutExtraLine(recorded.stdout)));
    return;
  }
  const keys = (json: string): string[] => {
    const parsed: unknown = JSON.parse(json);
    const [branch] = Array.isArray(parsed) ? parsed : [parsed];
    return Object.keys(z.record(z.string(), z.unknown()).parse(branch));
  };
  const official = keys(recorded.stdout);
  const ours = keys(result.stdout);
  expect(ours).toEqual(official.filter((key) => ours.includes(key)));
  expect(ours).toEqual(
    expect.arrayContaining(['id', 'name', 'parent_branch', 'region', 'ready', 'production']),
  );
}

function expectHuman(result: CliResult): void {
  expect(result.stdout).not.toBe('');
  expect(result.stdout).not.toMatch(/\u001b|Fetching|Creating|Adding|Removing|Deleting/);
}

function expectListed(result: CliResult, recorded: RecordedCase): void {
  expect(result.status).toBe(0);
  const format = recorded.argv.includes('json') ? 'json' : recorded.argv.includes('csv') ? 'csv' : 'human';
  const usual = CASES.find(({ name }) => name === `list ${format}`);
  if (format === 'human') expect(result.stdout).toContain('tok000000002');
  else expect(result.stdout).toBe(withoutExtraLine(usual?.stdout ?? ''));
}

function expectDone(result: CliResult, stdout: string): void {
  expect(result).toMatchObject({ status: 0, stdout });
}

function expectCreatedRow(result: CliResult, row: RegExp): void {
  const [header, created, rest] = result.stdout.split('\n');
  expect(header).toBe('ID,Name,Token,ExpiresAt,CreatedAt');
  expect(created).toMatch(row);
  expect(rest).toBe('');
}

/** The official CLI ends CSV with an empty line that is not copied. */
function withoutExtraLine(csv: string): string {
  return csv.endsWith('\n\n') ? csv.slice(0, -1) : csv;
}

function masked(json: string): string {
  return json
    .replace(/"id": "[a-z0-9]{12}"/, '"id": "<id>"')
    .replace(/"pscale_tkn_[\w-]+"/, '"<secret>"')
    .replace(/"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z"/g, '"<time>"');
}

test('what ends otherwise than there is on the page of differences', () => {
  const page = readFileSync(new URL('../../docs/differences.md', import.meta.url), 'utf8');
  const otherwise = Object.entries(REFUSALS).flatMap(([name, { status }]) =>
    CASES.some((one) => one.name.startsWith(name) && one.exit !== status) ? [name] : [],
  );
  const missing = [...Object.keys(BETTER), ...otherwise].filter((name) => !page.includes(`\`${name}\``));
  expect(missing).toEqual([]);
});
