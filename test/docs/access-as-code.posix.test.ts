import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod/mini';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { cleanEnvironment, createHome, EXECUTABLE, type Home } from '../support/cli.ts';

const run = promisify(execFile);
const PAGE = readFileSync(new URL('../../docs/access-as-code.md', import.meta.url), 'utf8');

/** The blocks of the page in their order: what they are, and what stands in them. */
const BLOCKS = [...PAGE.matchAll(/^```(\w+)(?: (\w+))?\n(.*?)^```$/gms)].map(
  ([, language = '', mark = '', content = '']) => ({
    language,
    mark,
    content,
  }),
);
const FILE = BLOCKS.find(({ content }) => content.startsWith('# yaml-language-server'))?.content ?? '';

const step = z.object({ id: z.optional(z.string()), run: z.optional(z.string()) });
const workflow = z.object({
  jobs: z.record(
    z.string(),
    z.object({ env: z._default(z.record(z.string(), z.string()), {}), steps: z.array(step) }),
  ),
});
const pipeline = z.catchall(
  z.object({ stages: z.array(z.string()) }),
  z.object({ script: z.array(z.string()), variables: z._default(z.record(z.string(), z.string()), {}) }),
);

const MANAGING = ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens', 'read_databases'];
const SEED = {
  databases: [{ name: 'shop' }, { name: 'blog' }],
  tokens: [
    {
      id: 'reader000001',
      name: 'reader',
      secret: 'pscale_tkn_reader',
      access: [{ access: ['read_service_tokens'] }],
    },
    {
      id: 'admin0000001',
      name: 'admin',
      secret: 'pscale_tkn_admin',
      access: [
        { access: MANAGING },
        { database: 'shop', access: ['read_branch', 'create_branch'] },
        { database: 'blog', access: ['read_branch'] },
      ],
    },
    { id: 'k3j9x0q2m7ab', name: 'ci-build', access: [{ database: 'shop', access: ['read_branch'] }] },
  ],
};

let home: Home;
let emulator: Emulator;
beforeEach(async () => {
  home = createHome();
  emulator = await startEmulator({ seed: SEED });
  const bin = join(home.path, 'bin');
  mkdirSync(bin);
  chmodSync(EXECUTABLE, 0o755);
  symlinkSync(EXECUTABLE, join(bin, 'pscale-service-token'));
  // It is installed already; what is stored goes into a file of the name that it is stored by.
  program('npm', 'exit 0');
  program('gh', `cat > "${home.path}/stored-$4"`);
  program('glab', `cat > "${home.path}/stored-$6"`);
});
afterEach(async () => {
  await emulator.close();
  home.remove();
});

function program(name: string, script: string): void {
  writeFileSync(join(home.path, 'bin', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

interface Played {
  readonly status: number;
  readonly output: string;
}

async function play(script: string, env: Readonly<Record<string, string>> = {}): Promise<Played> {
  const clean = cleanEnvironment({ home });
  const options = {
    cwd: home.path,
    env: {
      ...clean,
      PATH: `${join(home.path, 'bin')}:${clean.PATH ?? ''}`,
      PLANETSCALE_API_URL: emulator.url,
      ...env,
    },
  };
  try {
    const { stdout, stderr } = await run('sh', ['-e', '-c', script], options);
    return { status: 0, output: stdout + stderr };
  } catch (error) {
    const ended = z.object({ code: z.number(), stdout: z.string(), stderr: z.string() }).parse(error);
    return { status: ended.code, output: ended.stdout + ended.stderr };
  }
}

function names(): (string | null)[] {
  return emulator.snapshot().service_tokens.map(({ name }) => name);
}

test('the walk by hand runs as it is written', async () => {
  const env = { PLANETSCALE_ORG: 'acme', PLANETSCALE_API_TOKEN: emulator.administrator.userToken };
  const played: Played[] = [];
  for (const { language, mark, content } of BLOCKS) {
    if (content === FILE) writeFileSync(join(home.path, 'service-tokens.yml'), FILE);
    if (language !== 'sh') continue;
    if (mark === 'cut') {
      // Three tokens that are to be absent; the deletion of the second one is refused.
      const admin = { PLANETSCALE_ORG: 'acme', PLANETSCALE_API_TOKEN: emulator.administrator.userToken };
      for (const name of ['ci-1', 'ci-2', 'ci-3']) await play(`pscale-service-token create ${name}`, admin);
      writeFileSync(join(home.path, 'service-tokens.yml'), `${FILE}absent: [ci-1, ci-2, ci-3]\n`);
      emulator.inject({ answer: 403, count: 1, method: 'DELETE', after: 1 });
    }
    const result = await play(content, env);
    expect(result.status, content + result.output).toBe({ cut: 2, refused: 1 }[mark] ?? 0);
    if (mark === 'cut') expect(result.output).toContain('1 of 3 changes were made');
    if (mark === 'refused') {
      expect(result.output).toContain('Part of that plan was applied, or something has changed since.');
      expect(names()).toEqual(['reader', 'admin', 'ci-build', 'ci-migrate', 'ci-2', 'ci-3']);
    }
    played.push(result);
  }
  expect(played).toHaveLength(6);
  expect(names()).toEqual(['reader', 'admin', 'ci-build', 'ci-migrate']);
  expect(readFileSync(join(home.path, 'ci-migrate.env'), 'utf8')).toContain('PLANETSCALE_SERVICE_TOKEN=');
});

const SECRETS: Readonly<Record<string, string>> = {
  PLANETSCALE_READER_TOKEN_ID: 'reader000001',
  PLANETSCALE_READER_TOKEN: 'pscale_tkn_reader',
  PLANETSCALE_ADMIN_TOKEN_ID: 'admin0000001',
  PLANETSCALE_ADMIN_TOKEN: 'pscale_tkn_admin',
};

/** Plays the steps of a job as GitHub's runner does; what its steps have put out is for the jobs behind it. */
async function playJob(name: string, outputs: Record<string, string>): Promise<string> {
  const jobs = BLOCKS.flatMap(({ content }) =>
    content.startsWith('name: ') ? [workflow.parse(parse(content)).jobs] : [],
  );
  const job = jobs.flatMap((all) => all[name] ?? [])[0];
  if (!job) throw new Error(`the page shows no job ${name}`);
  const filled = (text: string): string =>
    text.replace(/\$\{\{ ([\w.]+)(?: \|\| '(\w+)')? \}\}/g, (_, expression: string, other = '') => {
      const [, secret] = /^secrets\.(\w+)$/.exec(expression) ?? [];
      return (secret === undefined ? outputs[expression.replace(/^.*\./, '')] : SECRETS[secret]) || other;
    });
  const env = Object.fromEntries(Object.entries(job.env).map(([key, value]) => [key, filled(value)]));
  const [summary, output] = [join(home.path, 'summary'), join(home.path, 'output')];
  let log = '';
  for (const { run: script } of job.steps) {
    if (script === undefined) continue;
    const { status, output: told } = await play(script, {
      ...env,
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_OUTPUT: output,
    });
    log += told;
    const isDifferent = script.includes('--strict') && outputs.isDifferent !== undefined;
    expect(status, told).toBe(isDifferent ? 3 : 0);
  }
  for (const [, key = '', value = ''] of readOr(output).matchAll(/^(\w+)=(.*)$/gm)) outputs[key] = value;
  return log + readOr(summary);
}

function readOr(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

test('the workflows of GitHub review, plan, apply what was approved, and find a difference at night', async () => {
  writeFileSync(join(home.path, 'service-tokens.yml'), FILE);
  const outputs: Record<string, string> = {};
  const review = await playJob('review', outputs);
  expect(review).toContain('- granted `create_branch` on database `shop`');
  await playJob('plan', outputs);
  expect(outputs).toMatchObject({ digest: expect.stringMatching(/^[0-9a-f]{64}$/), changes: '2' });
  const log = await playJob('apply', outputs);
  expect(log).not.toContain('pscale_tkn_');
  expect(readFileSync(join(home.path, 'stored-ci-migrate'), 'utf8')).toMatch(
    /^PLANETSCALE_SERVICE_TOKEN_ID=\w{12}\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_\S+\n$/,
  );
  expect(names()).toEqual(['reader', 'admin', 'ci-build', 'ci-migrate']);
  await playJob('drift', {});
  await play('pscale-service-token create ci-by-hand', {
    PLANETSCALE_ORG: 'acme',
    PLANETSCALE_API_TOKEN: emulator.administrator.userToken,
  });
  expect(await playJob('drift', { isDifferent: 'yes' })).toContain('Owned, but not listed: ci-by-hand');
  // What was done by hand is taken back by hand, and so are two deletions, without a change of the workflow.
  const admin = { PLANETSCALE_ORG: 'acme', PLANETSCALE_API_TOKEN: emulator.administrator.userToken };
  await play('pscale-service-token create ci-other', admin);
  writeFileSync(join(home.path, 'service-tokens.yml'), `${FILE}absent: [ci-by-hand, ci-other]\n`);
  const again: Record<string, string> = { max_deletions: '2' };
  expect(await playJob('plan', again)).toContain('--max-deletions 2');
  await playJob('apply', again);
  expect(names()).toEqual(['reader', 'admin', 'ci-build', 'ci-migrate']);
});

test('the pipeline of GitLab does the same', async () => {
  writeFileSync(join(home.path, 'service-tokens.yml'), FILE);
  const content = BLOCKS.find((block) => block.content.startsWith('stages:'))?.content ?? '';
  const { stages: _, ...jobs } = pipeline.parse(parse(content));
  const as = (who: 'READER' | 'ADMIN') => ({
    PLANETSCALE_SERVICE_TOKEN_ID: SECRETS[`PLANETSCALE_${who}_TOKEN_ID`] ?? '',
    PLANETSCALE_SERVICE_TOKEN: SECRETS[`PLANETSCALE_${who}_TOKEN`] ?? '',
  });
  const script = (job: string): string => (jobs[job]?.script ?? []).join('\n');
  for (const job of ['review access', 'plan access']) {
    expect(await play(script(job), as('READER'))).toMatchObject({ status: 0 });
  }
  const [, digest = ''] = /^DIGEST=(\w+)$/m.exec(readFileSync(join(home.path, 'plan.env'), 'utf8')) ?? [];
  const { variables = {} } = jobs['apply access'] ?? {};
  const applied = await play(script('apply access'), { ...as('ADMIN'), ...variables, DIGEST: digest });
  expect(applied, applied.output).toMatchObject({ status: 0 });
  expect(readFileSync(join(home.path, 'stored-ci-migrate'), 'utf8')).toContain('pscale_tkn_');
});
