import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { Job } from '../action/runner.ts';
import { cleanEnvironment, createHome, EXECUTABLE, type Home } from '../support/cli.ts';

const run = promisify(execFile);
const PAGE = readFileSync(new URL('../../docs/ci.md', import.meta.url), 'utf8');

const variables = z._default(z.record(z.string(), z.string()), {});
const workflow = z.object({
  name: z.string(),
  jobs: z.record(
    z.string(),
    z.object({
      env: variables,
      steps: z.array(
        z.object({
          id: z.optional(z.string()),
          uses: z.optional(z.string()),
          with: variables,
          run: z.optional(z.string()),
          env: variables,
        }),
      ),
    }),
  ),
});

/** The workflows that the page shows, by the names of their jobs. */
const JOBS = new Map(
  [...PAGE.matchAll(/^```yaml\n(name: .*?)^```$/gms)].flatMap(([, yaml = '']) =>
    Object.entries(workflow.parse(parse(yaml)).jobs),
  ),
);

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  const bin = join(home.path, 'bin');
  mkdirSync(bin);
  chmodSync(EXECUTABLE, 0o755);
  symlinkSync(EXECUTABLE, join(bin, 'pscale-service-token'));
  // It is installed already, and there is no GitHub here: what is stored goes into a file.
  program('npm', 'exit 0');
  program('gh', `cat "$4" >> "${join(home.path, 'stored')}"`);
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function program(name: string, script: string): void {
  writeFileSync(join(home.path, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

/** Plays the steps of a job as GitHub's runner does: `bash -e`, expressions, outputs. */
async function play(name: string, secrets: Readonly<Record<string, string>>): Promise<string> {
  const job = JOBS.get(name);
  if (!job) throw new Error(`the page shows no job ${name}`);
  const outputs: Record<string, string> = {};
  const filled = (text: string): string =>
    text.replace(/\$\{\{ (\S+) \}\}/g, (_, expression: string) => {
      const [, secret] = /^secrets\.(\w+)$/.exec(expression) ?? [];
      if (expression === 'github.repository') return 'acme/shop';
      return (secret === undefined ? outputs[expression] : secrets[secret]) ?? '';
    });
  const environment = (env: Readonly<Record<string, string>>): [string, string][] =>
    Object.entries(env).map(([key, value]) => [key, filled(value)]);
  let log = '';
  for (const step of job.steps) {
    if (step.run === undefined) continue;
    const output = join(home.path, 'output');
    writeFileSync(output, '');
    const clean = cleanEnvironment({ home });
    const { stdout, stderr } = await run('bash', ['-e', '-c', filled(step.run)], {
      cwd: home.path,
      env: {
        ...clean,
        PATH: `${join(home.path, 'bin')}:${clean.PATH ?? ''}`,
        CI: 'true',
        PLANETSCALE_API_URL: emulator.url,
        GITHUB_OUTPUT: output,
        RUNNER_TEMP: home.path,
        ...Object.fromEntries([...environment(job.env), ...environment(step.env)]),
      },
    });
    log += stdout + stderr;
    for (const line of readFileSync(output, 'utf8').split('\n')) {
      const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? [];
      if (key !== undefined) outputs[`steps.${step.id}.outputs.${key}`] = value;
    }
  }
  return log;
}

const CI_TOKEN = {
  id: 'cidepl000001',
  name: 'ci-deploy',
  secret: 'pscale_tkn_of_ci',
  access: [
    {
      access: ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'],
    },
    { database: 'shop', access: ['read_branch', 'create_branch'] },
  ],
};

test('the job that deploys: its command has a token of its own, which is gone afterwards', async () => {
  emulator = await startEmulator({ seed: { tokens: [CI_TOKEN] } });
  const script = 'echo "as $PLANETSCALE_SERVICE_TOKEN_ID"; pscale-service-token branch create shop feature-1';
  writeFileSync(join(home.path, 'deploy.sh'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const log = await play('deploy', {
    PLANETSCALE_SERVICE_TOKEN_ID: CI_TOKEN.id,
    PLANETSCALE_SERVICE_TOKEN: CI_TOKEN.secret,
  });
  expect(log).toMatch(/^as (?!cidepl000001)[a-z0-9]{12}$/m);
  expect(log).toContain('feature-1 was successfully created');
  expect(log).not.toContain('pscale_tkn_');
  expect(emulator.snapshot().service_tokens.map(({ id }) => id)).toEqual([CI_TOKEN.id]);
});

test('the job that rotates: the new token is stored, works, and the old one is gone', async () => {
  const admin = { id: 'admin0000001', name: 'admin', secret: 'pscale_tkn_of_admin', access: CI_TOKEN.access };
  emulator = await startEmulator({ seed: { tokens: [CI_TOKEN, admin] } });
  const log = await play('rotate', {
    PLANETSCALE_ADMIN_TOKEN_ID: admin.id,
    PLANETSCALE_ADMIN_TOKEN: admin.secret,
    SECRETS_WRITER: 'not needed here',
  });
  const [, id = ''] = /^PLANETSCALE_SERVICE_TOKEN_ID=(\w+)$/m.exec(stored()) ?? [];
  const [, secret = ''] = /^PLANETSCALE_SERVICE_TOKEN=(\S+)$/m.exec(stored()) ?? [];
  expect(emulator.snapshot().service_tokens.map((token) => [token.id, token.name])).toEqual([
    [admin.id, 'admin'],
    [id, 'ci-deploy'],
  ]);
  expect(secret).toMatch(/^pscale_tkn_/);
  expect(log).not.toContain('pscale_tkn_');
  const answer = await fetch(`${emulator.url}/v1/organizations`, {
    headers: { authorization: `${id}:${secret}` },
  });
  expect(answer.status).toBe(200);
});

test('the job with a token of its own: its steps have it, and it is gone at the end', async () => {
  emulator = await startEmulator({ seed: { databases: [{ name: 'shop' }] } });
  const { serviceTokenId, serviceToken } = emulator.administrator;
  const job = new Job({ PLANETSCALE_API_URL: emulator.url });
  const steps = JOBS.get('migrate')?.steps ?? [];
  const action = steps.find(({ uses }) => uses?.startsWith('OWNER/pscale-service-token@'));
  const secrets = (value: string): string =>
    value.replace(/\$\{\{ secrets\.(\w+) \}\}/g, (_, name: string) =>
      name.endsWith('_ID') ? serviceTokenId : serviceToken,
    );
  const filled = Object.entries(action?.with ?? {}).map(([name, value]) => [name, secrets(value)] as const);
  const step = job.use(Object.fromEntries(filled));
  expect(await step.main()).toMatchObject({ status: 0 });
  writeFileSync(join(job.home.path, 'migrate.sh'), '#!/bin/sh\necho "as $PLANETSCALE_SERVICE_TOKEN_ID"\n', {
    mode: 0o755,
  });
  const { stdout } = await run('bash', ['-e', '-c', steps.at(-1)?.run ?? ''], {
    cwd: job.home.path,
    env: { ...cleanEnvironment({ home: job.home }), ...job.variables },
  });
  expect(stdout).toBe(`as ${emulator.snapshot().service_tokens[0]?.id}\n`);
  expect(await step.post()).toMatchObject({ status: 0 });
  expect(emulator.snapshot().service_tokens).toEqual([]);
  job.remove();
});

test('the lines for other systems give their command a token of its own', async () => {
  const lines = PAGE.slice(PAGE.indexOf('## Other CI systems'), PAGE.indexOf('## In containers'));
  const commands = [...lines.matchAll(/pscale-service-token exec [^'\n]*/g)].map(([line]) => line);
  expect(commands).toHaveLength(4);
  for (const [, yaml = ''] of lines.matchAll(/^```yaml\n(.*?)^```$/gms)) expect(parse(yaml)).toBeTruthy();
  emulator = await startEmulator({ seed: { tokens: [CI_TOKEN] } });
  writeFileSync(join(home.path, 'deploy.sh'), '#!/bin/sh\necho "as $PLANETSCALE_SERVICE_TOKEN_ID"\n', {
    mode: 0o755,
  });
  for (const line of new Set(commands)) {
    const { stdout } = await run('sh', ['-c', line], {
      cwd: home.path,
      env: {
        ...cleanEnvironment({ home }),
        PATH: `${join(home.path, 'bin')}:${process.env.PATH}`,
        PLANETSCALE_API_URL: emulator.url,
        PLANETSCALE_ORG: 'acme',
        PLANETSCALE_SERVICE_TOKEN_ID: CI_TOKEN.id,
        PLANETSCALE_SERVICE_TOKEN: CI_TOKEN.secret,
      },
    });
    expect(stdout).toMatch(/^as (?!cidepl000001)[a-z0-9]{12}$/m);
  }
});

function stored(): string {
  return readFileSync(join(home.path, 'stored'), 'utf8');
}
