import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { finished } from '../support/cli.ts';
import { FAULT_NAMES, faultAt, holdAt } from '../support/faults.ts';
import { Job, type Step } from './runner.ts';

/** The bundles, as the runner runs them. */

const SEED = { databases: [{ name: 'shop' }] };
let emulator: Emulator;
let job: Job;
beforeEach(async () => {
  emulator = await startEmulator({ seed: SEED });
  job = new Job();
});
afterEach(async () => {
  await emulator.close();
  job.remove();
});

const inputs = (more: Record<string, string> = {}): Record<string, string> => ({
  organization: 'acme',
  access: 'shop=read_branch,create_branch\nread_databases\n',
  ttl: '1h',
  'service-token-id': emulator.administrator.serviceTokenId,
  'service-token': emulator.administrator.serviceToken,
  'api-url': emulator.url,
  'export-env': 'true',
  ...more,
});
const tokens = () => emulator.snapshot().service_tokens;

/** The log of a job shows no secret that it has not been told to hide before. */
function expectHidden(text: string): void {
  const hidden = new Set<string>();
  for (const line of text.split('\n')) {
    const [, secret] = /^::add-mask::(.*)$/.exec(line) ?? [];
    if (secret) hidden.add(secret);
    else for (const [found] of line.matchAll(/pscale_tkn_[\w-]+/g)) expect([...hidden]).toContain(found);
  }
}

test('main creates a token for the job, and post deletes it', async () => {
  const step = job.use(inputs());
  const made = await step.main();
  expect(made).toMatchObject({
    status: 0,
    stderr: expect.stringContaining('was created in organization acme'),
  });
  const [token] = tokens();
  const { 'service-token-id': id, 'service-token': secret = '', 'expires-at': expiresAt } = step.outputs;
  expect(token).toMatchObject({
    id,
    secret_sha256: digestOf(secret),
    name: expect.stringMatching(/^github acme\/shop 4711\/2 deploy [0-9a-f]{8}$/),
    grants: [
      { database: 'shop', access: ['read_branch', 'create_branch'] },
      { database: null, access: ['read_databases'] },
    ],
  });
  expect(Date.parse(expiresAt ?? '')).toBeGreaterThan(Date.now() + 3_500_000);
  expect(job.variables).toMatchObject({
    PLANETSCALE_SERVICE_TOKEN_ID: id,
    PLANETSCALE_SERVICE_TOKEN: secret,
  });
  expect(job.masked).toEqual(new Set([emulator.administrator.serviceToken, secret]));
  expect(made.stdout.split('\n')[0]).toBe(`::add-mask::${emulator.administrator.serviceToken}`);
  expectHidden(job.log);
  expect(step.summary).toContain(`\`${id}\` in organization \`acme\` works until \`${expiresAt}\``);
  expect(step.summary).toContain('| `Database shop` | `read_branch`, `create_branch` |');
  expect(step.summary).not.toContain('pscale_tkn_');
  // Nothing but the state is needed at the end: inputs and environment may be others by then.
  step.inputs = inputs({ organization: 'other', 'service-token': 'wrong', 'api-url': 'http://127.0.0.1:1' });
  const ended = await step.post();
  expect(ended).toMatchObject({ status: 0, stderr: expect.stringContaining(`${id} was deleted`) });
  expect(tokens()).toEqual([]);
  expectHidden(job.log);
  expect(await step.post()).toMatchObject({ status: 0, stdout: expect.not.stringContaining('::warning::') });
});

describe('a fault at every request of main, and then post', () => {
  test.each(FAULT_NAMES.filter((name) => !name.startsWith('status 4')))(
    '%s: nothing is left',
    async (fault) => {
      for (let index = 1; index < 20; index += 1) {
        const step = job.use(inputs());
        emulator.inject(faultAt(index, fault));
        const before = emulator.faultsMet;
        const made = await step.main();
        if (emulator.faultsMet === before) {
          await emulator.close();
          emulator = await startEmulator({ seed: SEED });
          break;
        }
        expect([0, 2]).toContain(made.status);
        expect(/^::error::/m.test(made.stdout)).toBe(made.status !== 0);
        const ended = await step.post();
        expect(ended.status).toBe(0);
        expect([fault, index, tokens()]).toEqual([fault, index, []]);
      }
      expectHidden(job.log);
    },
  );
});

test('kill -9 of main at every request, and then post: nothing is left', async () => {
  const seen: string[] = [];
  for (let index = 1; index < 20; index += 1) {
    let isOver = false;
    for (const when of ['arrived', 'carried out'] as const) {
      // What never arrives is waited for: one of the two tells of that.
      const step = job.use(inputs());
      const before = emulator.requests.length;
      const held = holdAt(emulator, index, when);
      const child = step.startMain();
      const end = finished(child);
      const isReached = await Promise.race([held.reached.then(() => true), end.then(() => false)]);
      const method = emulator.requests[before + index - 1]?.method ?? '';
      child.kill('SIGKILL');
      step.settle(await end);
      held.release();
      if (!isReached) {
        isOver = true;
        break;
      }
      seen.push(method);
      const ended = await step.post();
      expect(ended.status).toBe(0);
      expect([index, when, tokens()]).toEqual([index, when, []]);
    }
    if (isOver) break;
  }
  expect(seen).toContain('POST');
  expectHidden(job.log);
});

test('a creation that never comes is waited for, and told of: what comes later ends by its ttl', async () => {
  const step = job.use(inputs());
  // The database is looked up first.
  emulator.inject({
    answer: 'drop',
    carriedOut: false,
    count: 1,
    after: 1,
    hold: () => new Promise(() => {}),
  });
  const child = step.startMain();
  const end = finished(child);
  await expect.poll(() => emulator.requests.some(({ method }) => method === 'POST')).toBe(true);
  child.kill('SIGKILL');
  step.settle(await end);
  const ended = await step.post();
  expect(ended.status).toBe(0);
  expect(ended.stdout).toMatch(
    /^::warning::.*none named github acme\/shop 4711\/2 deploy [0-9a-f]{8} is there: one that comes later ends by its ttl/m,
  );
});

test('a creation that comes while the end of the job looks for it is found, and deleted', async () => {
  const step = job.use(inputs());
  const held = holdAt(emulator, 2, 'arrived');
  const child = step.startMain();
  const end = finished(child);
  await held.reached;
  child.kill('SIGKILL');
  step.settle(await end);
  const before = emulator.requests.length;
  const ended = step.post();
  // It has looked once, in vain.
  await expect.poll(() => emulator.requests.length, { timeout: 8_000 }).toBe(before + 2);
  held.release();
  expect(await ended).toMatchObject({ status: 0, stderr: expect.stringMatching(/\w{12} was deleted/) });
  expect(tokens()).toEqual([]);
});

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s while the token is made: main takes it back',
  async (signal) => {
    const step = job.use(inputs());
    const held = holdAt(emulator, 3, 'carried out');
    const child = step.startMain();
    const end = finished(child);
    await held.reached;
    child.kill(signal);
    held.release();
    const ended = await end;
    step.settle(ended);
    expect(ended.status).toBe({ SIGINT: 130, SIGTERM: 143 }[signal]);
    expect(tokens()).toEqual([]);
    expect((await step.post()).stdout).not.toContain('::warning::');
  },
);

test('credentials of the job, and a second use: its own are needed, or the first exports nothing', async () => {
  const { serviceTokenId, serviceToken } = emulator.administrator;
  const credentials = {
    PLANETSCALE_SERVICE_TOKEN_ID: serviceTokenId,
    PLANETSCALE_SERVICE_TOKEN: serviceToken,
  };
  Object.assign(job.variables, credentials);
  const none = { 'service-token-id': '', 'service-token': '' };
  const first = job.use(inputs(none));
  expect(await first.main()).toMatchObject({ status: 0 });
  const refused = job.use(inputs(none));
  const ended = await refused.main();
  expect(ended.status).toBe(1);
  expect(ended.stdout).toContain('are the token that an earlier use of this action created in this job');
  const second = job.use(inputs());
  expect(await second.main()).toMatchObject({ status: 0 });
  expect(tokens()).toHaveLength(2);
  // The environment holds the second one's token now; each half deletes with what it was created with.
  for (const step of [second, refused, first]) expect(await step.post()).toMatchObject({ status: 0 });
  expect(tokens()).toEqual([]);
  const silent = job.use(inputs({ 'export-env': 'false' }));
  const before = { ...job.variables };
  expect(await silent.main()).toMatchObject({ status: 0 });
  expect(job.variables).toEqual(before);
  await silent.post();
});

test('no configuration file is read: not the checkout’s, and not the machine’s', async () => {
  writeFileSync(join(job.home.path, '.pscale.yml'), 'org: other\ndatabase: other\n');
  const folder = join(job.home.path, '.config', 'planetscale');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'pscale.yml'), 'api-url: http://127.0.0.1:1\nformat: json\nno-reveal: true\n');
  const step = job.use(inputs({ 'api-url': '' }));
  job.variables.PLANETSCALE_API_URL = emulator.url;
  expect(await step.main()).toMatchObject({ status: 0 });
  expect(tokens()).toHaveLength(1);
  await step.post();
  expect(tokens()).toEqual([]);
});

test('what the API says is no command to the runner', async () => {
  const said = 'no\n::set-env name=X::y\r\n##[error]z\n::add-mask::e %0A::warning::w';
  const body = JSON.stringify({ code: 'forbidden', message: said });
  emulator.inject({ answer: 403, count: 1_000, body });
  const step = job.use(inputs());
  const { status, stdout, stderr } = await step.main();
  expect(status).not.toBe(0);
  const commands = [...`${stdout}\n${stderr}`.matchAll(/^\s*::([\w-]+)/gm)].map(([, name]) => name);
  expect(commands).toEqual(['add-mask', 'error']);
  expect(stdout + stderr).not.toContain('##[');
  for (const line of stderr.split('\n').filter(Boolean)) expect(line).toMatch(/^pscale-service-token: /);
});

test.each([
  [{ access: ' \n ' }, 'the input access is empty'],
  [{ access: 'shop=read_brunch' }, 'read_brunch'],
  [{ organization: '' }, 'the input organization is empty'],
  [{ 'service-token': '' }, 'the input service-token is empty, and the other half is given'],
  [{ 'export-env': 'yes' }, 'the input export-env is neither true nor false: yes'],
  [{ ttl: '0' }, 'the input ttl is 0'],
  [{ ttl: 'soon' }, 'soon'],
  [{ ttl: 'soon' }, 'invalid input ttl "soon"'],
  [{ cidrs: '10.0.0.0/99' }, '10.0.0.0/99'],
  [{ cidrs: '# none\n' }, 'the input cidrs holds comments only'],
  [
    { 'service-token-id': '', 'service-token': '' },
    'the inputs service-token-id and service-token are empty',
  ],
])('inputs %j are refused before there is a token', async (wrong, message) => {
  const step = job.use(inputs(wrong));
  const { status, stdout } = await step.main();
  expect(status).toBe(1);
  expect(stdout).toMatch(/^::error::/m);
  expect(stdout).toContain(message);
  expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  expect(await step.post()).toMatchObject({ status: 0, stdout: expect.not.stringContaining('::warning::') });
});

test.each<[string, (variables: string) => string]>([
  ['cut', (variables) => variables.slice(0, -2)],
  ['no JSON', (variables) => variables.slice(1)],
  ['another form', (variables) => JSON.stringify([variables])],
])('a state that is %s: its secret is masked first, and a warning of one line is all', async (_, change) => {
  const step = job.use(inputs());
  await step.main();
  job.masked.clear();
  const ended = await step.post({ variables: change(step.state.variables ?? '') });
  expect(ended.status).toBe(0);
  expect(ended.stdout.split('\n')[0]).toBe(`::add-mask::${emulator.administrator.serviceToken}`);
  expect(ended.stdout).toContain('::warning::Error: the state of the step was cut or changed');
  expect(ended.stdout.length + ended.stderr.length).toBeLessThan(2_000);
  expectHidden(ended.stdout + ended.stderr);
  expect(ended.stderr).not.toContain('pscale_tkn_');
});

test('a secret in the input name is masked, refused before any request, and not repeated', async () => {
  const secret = `pscale_tkn_${'s'.repeat(40)}`;
  const step = job.use(inputs({ name: secret }));
  const ended = await step.main();
  expect(ended.status).not.toBe(0);
  expect(ended.stderr).toContain('the input name holds a secret');
  expect(ended.stderr).not.toContain(secret);
  expect(job.masked).toContain(secret);
  expectHidden(ended.stdout);
  expect(tokens()).toEqual([]);
});

describe('files of the step', () => {
  test.each([
    ['is not named', (step: Step) => step.unnamed.add('STATE'), 'GITHUB_STATE is not set'],
    ['is a folder', (step: Step) => step.block('STATE'), 'cannot write to GITHUB_STATE: it is a folder'],
  ])('a state that %s is refused before there is a token', async (_, spoil, message) => {
    const step = job.use(inputs());
    spoil(step);
    const { status, stdout } = await step.main();
    expect(status).not.toBe(0);
    expect(stdout).toContain(message);
    expect(emulator.requests.filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  test('a state that takes no ID once the token is there: the token is taken back', async () => {
    const step = job.use(inputs());
    const held = holdAt(emulator, 2, 'carried out');
    const end = finished(step.startMain());
    await held.reached;
    expect(emulator.requests.at(-1)?.method).toBe('POST');
    expect(tokens()).toHaveLength(1);
    step.block('STATE');
    held.release();
    const { status, stdout } = await end;
    expect(status).toBe(2);
    expect(stdout).toContain('cannot write to GITHUB_STATE: it is a folder');
    expect(stdout).toContain('was created and then rolled back');
    expect(tokens()).toEqual([]);
    expect(step.outputs).toEqual({});
  });

  test('a summary that cannot be written is a warning: the job has its token', async () => {
    const step = job.use(inputs());
    step.block('STEP_SUMMARY');
    const { status, stdout } = await step.main();
    expect({ status, ids: tokens().map(({ id }) => id) }).toEqual({
      status: 0,
      ids: [step.outputs['service-token-id']],
    });
    expect(stdout).toContain('::warning::The summary of the step could not be written: it is a folder');
  });
});

test('a deletion that fails is a warning with what is left, and until when', async () => {
  const step = job.use(inputs({ cidrs: '127.0.0.0/8' }));
  await step.main();
  expect(tokens()[0]).toMatchObject({ cidrs: ['127.0.0.0/8'] });
  emulator.inject({ answer: 500, count: 1_000 });
  const { status, stdout } = await step.post();
  expect(status).toBe(0);
  const { 'service-token-id': id, 'expires-at': end } = step.outputs;
  expect(stdout).toMatch(
    new RegExp(`^::warning::Error: service token ${id} may still exist; it works until ${end}`, 'm'),
  );
});

test('action.yml names the bundles, and each input that is read', () => {
  const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
  const action = parse(read('action.yml'));
  expect(action.runs).toEqual({
    using: 'node24',
    main: 'action/dist/main.cjs',
    post: 'action/dist/post.cjs',
  });
  const names = [...read('action/inputs.ts').matchAll(/input\('([\w-]+)'\)/g)].map(([, name]) => name);
  expect(new Set(names)).toEqual(new Set(Object.keys(action.inputs)));
  expect(Object.keys(action.outputs)).toEqual(['service-token-id', 'service-token', 'expires-at']);
});

test('the bundles are what their source gives', () => {
  const script = fileURLToPath(new URL('../../scripts/build-action.js', import.meta.url));
  expect(spawnSync(process.execPath, [script, '--check'], { encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
});
