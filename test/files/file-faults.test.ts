import { linkSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { openEnvFile } from '../../src/delivery/env-file.ts';
import { openGithubFile } from '../../src/delivery/github-file.ts';
import { Failure } from '../../src/text/errors.ts';
import type { Sink } from '../../src/values/sink.ts';
import { createHome, type Home } from '../support/cli.ts';
import { createEnvironment, createSurroundings } from '../support/host.ts';

/** Each call on files of one delivery is a step, and one step at a time fails: before it acts, or after. */
const faults = vi.hoisted(() => {
  const steps: string[] = [];
  return {
    steps,
    failing: -1,
    code: '',
    isLate: false,
    /** What somebody else does right after a step. */
    meanwhile: (_step: string): void => {},
    async step<Result>(name: string, act: () => Promise<Result>): Promise<Result> {
      const isFailing = steps.push(name) - 1 === this.failing;
      const error = Object.assign(new Error(`${this.code}: ${name}`), { code: this.code });
      // A handle that is not made cannot be used, and one that is made is closed whatever is said of it.
      const isLate = name === 'close' || (this.isLate && name !== 'open');
      if (isFailing && !isLate) throw error;
      const result = await act();
      if (isFailing) throw error;
      this.meanwhile(name);
      return result;
    },
  };
});

vi.mock('node:fs/promises', async (importOriginal) => {
  const actual = await importOriginal<typeof Files>();
  const watched = <Of extends object>(target: Of): Of =>
    new Proxy(target, {
      get(object, key) {
        const member: unknown = Reflect.get(object, key);
        if (typeof member !== 'function') return member;
        return (...values: unknown[]) =>
          faults.step(String(key), async () => {
            const result: unknown = await Reflect.apply(member, object, values);
            return key === 'open' && result instanceof Object ? watched(result) : result;
          });
      },
    });
  return {
    ...actual,
    ...Object.fromEntries(Object.keys(actual).map((name) => [name, Reflect.get(watched(actual), name)])),
  };
});

let home: Home;
beforeEach(() => {
  home = createHome();
});
afterEach(() => home.remove());

const PAIR = { id: 'k3j9x0q2m7ab', token: 'pscale_tkn_new' };
const LINES = `PLANETSCALE_SERVICE_TOKEN_ID=k3j9x0q2m7ab\nPLANETSCALE_SERVICE_TOKEN=pscale_tkn_new\n`;
const BEFORE = 'A=1\n';

interface Played {
  readonly stage: 'open' | 'deliver' | 'done';
  readonly failure: unknown;
  readonly steps: readonly string[];
  /** What is in the folder, by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Hands a token over, with the given step failing. */
async function play(
  [file = '', ...others]: readonly string[],
  open: () => Promise<Sink>,
  failing: number,
  code: string,
  isLate: boolean,
): Promise<Played> {
  for (const name of readdirSync(home.path)) rmSync(join(home.path, name));
  writeFileSync(join(home.path, file), BEFORE);
  for (const other of others) linkSync(join(home.path, file), join(home.path, other));
  Object.assign(faults, { failing, code, isLate });
  faults.steps.length = 0;
  let stage: Played['stage'] = 'open';
  let failure: unknown;
  try {
    const sink = await open();
    stage = 'deliver';
    await sink.deliver(PAIR).finally(() => sink.close());
    stage = 'done';
  } catch (error) {
    failure = error;
  }
  const found = readdirSync(home.path);
  const files = Object.fromEntries(found.map((name) => [name, readFileSync(join(home.path, name), 'utf8')]));
  return { stage, failure, steps: [...faults.steps], files };
}

const kinds: readonly [name: string, names: readonly string[], open: () => Promise<Sink>][] = [
  [
    'an env file',
    ['.env'],
    () => openEnvFile('.env', createSurroundings({ home: home.path, platform: process.platform })),
  ],
  [
    'an env file with a second name, which is written in place',
    ['.env', 'second'],
    () => openEnvFile('.env', createSurroundings({ home: home.path, platform: process.platform })),
  ],
  [
    'the file of GITHUB_ENV',
    ['github'],
    () => {
      const variables = { GITHUB_ENV: join(home.path, 'github') };
      return openGithubFile('env', createEnvironment({ home: home.path, variables }), async () => {});
    },
  ],
];

const CODE_OF_STAGE = { open: 'INVALID_USAGE', deliver: 'COMMAND_FAILED', done: undefined };

describe.each(kinds)('on the way to %s', (_, names, open) => {
  test.each(['EACCES', 'ENOSPC', 'EROFS', 'EIO'])(
    'no step can fail with %s and leave half a file, anything beside it, or no word of it',
    async (code) => {
      const { stage, files, steps } = await play(names, open, -1, '', false);
      expect({ stage, files }).toEqual({
        stage: 'done',
        files: Object.fromEntries(names.map((name) => [name, BEFORE + LINES])),
      });
      expect(steps.length).toBeGreaterThan(4);
      for (const isLate of [false, true]) {
        for (const [failing, step] of steps.entries()) {
          const played = await play(names, open, failing, code, isLate);
          const where = isLate ? `late ${step}` : step;
          // What fails without a word does no harm; a rename that was done is done.
          const isNew = played.stage === 'done' || where === 'late rename';
          const content = isNew ? BEFORE + LINES : BEFORE;
          const left = Object.entries(played.files).filter(
            ([name]) => step !== 'rm' || !/tmp$|lock$/.test(name),
          );
          expect({ where, files: left }).toEqual({ where, files: names.map((name) => [name, content]) });
          // No secret is left beside it either.
          for (const [name, beside] of Object.entries(played.files))
            if (!names.includes(name)) expect(beside).not.toContain('pscale_tkn');
          const { failure } = played;
          expect({ where, code: failure instanceof Failure ? failure.code : failure }).toEqual({
            where,
            code: CODE_OF_STAGE[played.stage],
          });
        }
      }
    },
  );
});

test('what others write after the new content is ready is not written over', async () => {
  writeFileSync(join(home.path, '.env'), BEFORE);
  Object.assign(faults, { failing: -1 });
  const surroundings = createSurroundings({ home: home.path, platform: process.platform });
  for (const change of ['B=2\n', 'PLANETSCALE_SERVICE_TOKEN=theirs\n']) {
    const sink = await openEnvFile('.env', surroundings);
    faults.meanwhile = (step) => {
      if (step === 'truncate') writeFileSync(join(home.path, '.env'), change);
    };
    await expect(sink.deliver(PAIR)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
    faults.meanwhile = () => {};
    expect(readFileSync(join(home.path, '.env'), 'utf8')).toBe(change);
    expect(readdirSync(home.path)).toEqual(['.env']);
  }
});

test('a file that is put in the place of one written in place makes the delivery fail', async () => {
  writeFileSync(join(home.path, '.env'), BEFORE);
  linkSync(join(home.path, '.env'), join(home.path, 'second'));
  Object.assign(faults, { failing: -1 });
  const sink = await openEnvFile('.env', createSurroundings({ home: home.path, platform: process.platform }));
  faults.meanwhile = (step) => {
    if (step !== 'truncate') return;
    faults.meanwhile = () => {};
    rmSync(join(home.path, '.env'));
    writeFileSync(join(home.path, '.env'), 'theirs\n');
  };
  await expect(sink.deliver(PAIR)).rejects.toMatchObject({ code: 'COMMAND_FAILED' });
  expect(readFileSync(join(home.path, '.env'), 'utf8')).toBe('theirs\n');
  expect(readFileSync(join(home.path, 'second'), 'utf8')).toBe(BEFORE);
});
