import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Emulator, startEmulator } from '../../src/emulator/index.ts';
import { COMMAND, createHome, finished, type Home } from '../support/cli.ts';
import { canIsolate, startAsFirst, startReadOnly } from '../support/container.ts';
import { issueVariables } from '../support/issue-promise.ts';

/** Namespaces of Linux, as containers are made of: those need the rights to make them. */
describe.runIf(canIsolate())('in a container', () => {
  let home: Home;
  let emulator: Emulator;
  beforeEach(async () => {
    home = createHome();
    emulator = await startEmulator({ seed: { databases: [{ name: 'shop' }] } });
  });
  afterEach(async () => {
    await emulator.close();
    home.remove();
  });
  const exec = (script: string): string[] => [
    'exec',
    '--access',
    'shop=read_branch',
    '--',
    'sh',
    '-c',
    script,
  ];
  const left = () => emulator.snapshot().service_tokens;
  const options = () => ({ home, env: issueVariables(emulator) });

  test('exec as its first process hands stdin through, and ends with the status of the command', async () => {
    const child = startAsFirst(exec('cat; echo "below $PPID"; exit 7'), options());
    child.stdin?.end('from outside\n');
    expect(await finished(child)).toMatchObject({ status: 7, stdout: 'from outside\nbelow 1\n' });
    expect(left()).toEqual([]);
  });

  test('emulator exec does, too', async () => {
    const child = startAsFirst(['emulator', 'exec', '--', 'sh', '-c', 'cat; exit 7'], options());
    child.stdin?.end('from outside\n');
    expect(await finished(child)).toMatchObject({ status: 7, stdout: 'from outside\n' });
  });

  test('a signal from inside reaches the command, whose status is the answer', async () => {
    // As the runtime of a container sends it: to the first process.
    const script = 'trap "echo heard; exit 3" TERM; kill -TERM 1; while :; do sleep 0.02; done';
    const child = startAsFirst(exec(script), options());
    child.stdin?.end();
    expect(await finished(child)).toMatchObject({ status: 3, stdout: 'heard\n' });
    expect(left()).toEqual([]);
  });

  test('a read-only root and temporary files that cannot be run are fine, without a home as well', async () => {
    const words = ['emulator', 'exec', '--', ...COMMAND, 'create', '--name', 'x', '--format', 'json'];
    const ended = await finished(startReadOnly(words, { home }));
    expect(ended).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(ended.stdout)).toMatchObject({
      name: 'x',
      token: expect.stringMatching(/^pscale_tkn_/),
    });
  });

  test('where an env file cannot be written, words say so before there is a token', async () => {
    const words = ['emulator', 'exec', '--', ...COMMAND, 'create', '--name', 'x', '-e', '/token.env'];
    const { status, stdout, stderr } = await finished(startReadOnly(words, { home }));
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^Error: .*\/token\.env.*read-only/m);
  });
});
