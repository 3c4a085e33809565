import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { digestOf } from '../../src/emulator/state/secrets.ts';
import { type CliResult, createHome, runCli } from '../support/cli.ts';
import { issueVariables } from '../support/issue-promise.ts';

/** What becomes of a token, by what its command does with it. They run beside each other: each waits for processes. */

const OLD = 'tok000000001';
const SEED = { tokens: [{ id: OLD, name: 'ci', secret: 'pscale_tkn_old' }] };
const MAKING = {
  create: ['create', '--name', 'x'],
  duplicate: ['duplicate', OLD],
  rotate: ['rotate', OLD],
};

interface Piped extends CliResult {
  /** Of the tokens that there are then. */
  readonly ids: readonly string[];
  /** Of the newest one's secret. */
  readonly digest: string | null | undefined;
  /** What the command has kept. */
  readonly got: string | undefined;
  /** Of the requests. */
  readonly methods: readonly string[];
}

describe.concurrent.each(['create', 'duplicate', 'rotate'] as const)('%s --pipe', (name) => {
  describe.each(['human', 'json'])('in %s', (format) => {
    const pipe = async (command: readonly string[], ...flags: string[]): Promise<Piped> => {
      const home = createHome();
      const emulator = await startEmulator({ seed: SEED });
      const words = [...MAKING[name], '--format', format, '--pipe', 'secret', ...flags, '--', ...command];
      const ended = await runCli(words, { home, env: issueVariables(emulator) });
      const tokens = emulator.snapshot().service_tokens;
      const got = join(home.path, 'got');
      const piped = {
        ...ended,
        ids: tokens.map(({ id }) => id),
        digest: tokens.at(-1)?.secret_sha256,
        got: existsSync(got) ? readFileSync(got, 'utf8') : undefined,
        methods: emulator.requests.map(({ method }) => method),
      };
      await emulator.close();
      home.remove();
      return piped;
    };
    const script = (text: string, ...flags: string[]): Promise<Piped> => pipe(['sh', '-c', text], ...flags);

    /** Nothing but the pipe has got the secret; what is left at the API is what was told. */
    function expectFailed({ status, stdout, stderr, ids }: Piped, why: string): void {
      const output = stdout + stderr;
      expect(status).toBe(2);
      expect(output).toContain(why);
      expect(output).not.toContain('pscale_tkn_');
      expect(stdout === '').toBe(format === 'human');
      expect(ids).toContain(OLD);
      if (name !== 'rotate') {
        expect(ids).toEqual([OLD]);
        expect(output).toContain('was created and then rolled back');
        return;
      }
      // The store may hold either of them: both are named, and the ways on.
      const [, fresh] = ids;
      expect(ids).toHaveLength(2);
      for (const one of [OLD, fresh])
        expect(output).toContain(`pscale-service-token delete ${one} --org acme`);
      if (format === 'json') expect(JSON.parse(stdout).next_steps).toHaveLength(2);
    }

    function expectDelivered({ status, stdout, stderr, ids }: Piped): void {
      expect({ status, stderr }).toMatchObject({ status: 0 });
      expect(stdout + stderr).not.toContain('pscale_tkn_');
      expect(ids).toHaveLength(name === 'rotate' ? 1 : 2);
      const id = ids.at(-1) ?? 'none';
      // The form holds no id, so it is told.
      if (format === 'json') expect(JSON.parse(stdout)).toMatchObject({ id, token: '' });
      else expect(stdout).toContain(id);
      if (name === 'rotate') expect(stderr).toContain(`store ${id} instead of ${OLD}`);
    }

    test('a status is a failure', async () => {
      expectFailed(await script('cat >/dev/null; exit 3'), 'it ended with status 3');
    });

    test('so is the end by a signal', async () => {
      expectFailed(await script('cat >/dev/null; kill -TERM $$'), 'it ended with status 143 (SIGTERM)');
    });

    test('and the time limit, behind which nothing goes on running', async () => {
      const ended = await script('cat >/dev/null; sleep 60; touch late', '--pipe-timeout', '1s');
      expectFailed(ended, 'it took longer than 1 s');
    });

    test('a command that closes its input has been given the token all the same', async () => {
      expectDelivered(await script('exec <&-; exit 0'));
    });

    test('a command may write 1 MB before it reads', async () => {
      const ended = await script('yes "$(printf %99s .)" | head -c 1000000; head -c 1000 >got; cat got');
      expectDelivered(ended);
      expect(ended.digest).toBe(digestOf(ended.got ?? ''));
    });

    test('a command that there is not is found before there is a token', async () => {
      const { status, stdout, stderr, methods } = await pipe(['no-such-command-of-ours']);
      expect(status).toBe(1);
      expect(stdout + stderr).toContain('cannot run no-such-command-of-ours: there is no such command');
      expect(methods).not.toContain('POST');
    });
  });
});
