import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'rolldown';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { column, createdToken, TestApi, TOKENS } from './support/api.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const PROGRAM = `
  import { startEmulator } from './index.ts';
  startEmulator({ stateFile: process.argv[2] }).then(({ url, administrator }) => {
    console.log(JSON.stringify({ url, administrator }));
  });
`;
let program: string;

beforeAll(async () => {
  const entry = join(import.meta.dirname, '../../src/emulator/program-of-a-test.ts');
  const { output } = await build({
    input: entry,
    plugins: [
      {
        name: 'program',
        resolveId: (id) => (id === entry ? id : undefined),
        load: (id) => (id === entry ? PROGRAM : undefined),
      },
    ],
    write: false,
    platform: 'node',
    output: { format: 'cjs', codeSplitting: false },
  });
  program = output[0].code;
});

interface Started {
  readonly process: ChildProcess;
  readonly url: string;
  readonly authorization: string;
}

/** An emulator in a process of its own, which the test may kill. */
async function startProcess(stateFile: string): Promise<Started> {
  const child = spawn(process.execPath, ['-', stateFile], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  child.stdin.end(program);
  const [line] = await once(createInterface(child.stdout), 'line');
  const { url, administrator } = JSON.parse(String(line));
  return { process: child, url, authorization: `Bearer ${administrator.userToken}` };
}

async function kill({ process: child }: Started): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}

/** Resolves with the id when the answer has arrived; rejects if it never does. */
async function create({ url, authorization }: Started, name: string): Promise<string> {
  const response = await fetch(`${url}/v1${TOKENS}`, {
    method: 'POST',
    headers: { authorization },
    body: JSON.stringify({ name }),
  });
  return createdToken.parse(await response.json()).id;
}

async function savedIds(stateFile: string): Promise<unknown[]> {
  expect(() => JSON.parse(readFileSync(stateFile, 'utf8'))).not.toThrow();
  const emulator = await startEmulator({ stateFile });
  try {
    const api = new TestApi(emulator);
    const ids: unknown[] = [];
    for (let page = 1; page <= 20; page += 1) {
      ids.push(...column(await api.call('GET', `${TOKENS}?per_page=100&page=${page}`), 'id'));
    }
    return ids;
  } finally {
    await emulator.close();
  }
}

test('a token that was answered survives a kill right after', async () => {
  const stateFile = join(temporaryFolder(), 'state.json');
  const started = await startProcess(stateFile);
  const id = await create(started, 'kept');
  await kill(started);
  expect(await savedIds(stateFile)).toEqual([id]);
});

test.each([1, 20, 60])('a kill after %i answers of a burst loses none of them', async (answers) => {
  const stateFile = join(temporaryFolder(), 'state.json');
  const started = await startProcess(stateFile);
  const acknowledged: string[] = [];
  let killed: Promise<void> | undefined;
  const burst = Array.from({ length: 300 }, async (_, i) => {
    acknowledged.push(await create(started, `token-${i}`));
    if (acknowledged.length === answers) killed = kill(started);
  });
  await Promise.allSettled(burst);
  await killed;
  expect(acknowledged.length).toBeGreaterThanOrEqual(answers);
  expect(await savedIds(stateFile)).toEqual(expect.arrayContaining(acknowledged));
});
