import { open, readFile, rename, rm } from 'node:fs/promises';
import * as z from 'zod/mini';
import { EmulatorError, reasonOf } from './errors.ts';
import { integrityProblems } from './integrity.ts';
import { STATE_VERSION, type State, stateSchema } from './state.ts';
import { validated } from './validation.ts';

/**
 * The state that a file holds; undefined where there is no file yet.
 *
 * @throws EmulatorError STATE_INVALID, naming the file
 */
export async function readStateFile(path: string): Promise<State | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw invalid(path, `cannot be read: ${reasonOf(error)}`, error);
  }
  const content = parsed(text, path);
  const versioned = z.safeParse(z.object({ version: z.number() }), content);
  if (versioned.success && versioned.data.version !== STATE_VERSION) {
    throw invalid(path, `is of version ${versioned.data.version}, this emulator reads ${STATE_VERSION}`);
  }
  const state = validated(stateSchema, content);
  if ('problem' in state) throw invalid(path, `does not hold a state: ${state.problem}`);
  const problems = integrityProblems(state.value);
  if (problems.length > 0) throw invalid(path, `does not hold a state: ${problems.join('; ')}`);
  return state.value;
}

/**
 * Replaces the file in one step: whoever reads it, also after this process was killed in the middle,
 * finds the old state or the new one, whole. A temporary file that a killed process left is replaced.
 *
 * @throws EmulatorError STATE_INVALID, naming the file
 */
export async function writeStateFile(path: string, text: string): Promise<void> {
  const temporary = `${path}.tmp`;
  try {
    await rm(temporary, { force: true });
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    throw new EmulatorError(
      'STATE_INVALID',
      `cannot write the state file ${path}: ${reasonOf(error)}. Name a file in a folder that exists and is writable.`,
      { cause: error },
    );
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, `is not JSON: ${reasonOf(error)}`, error);
  }
}

function invalid(path: string, problem: string, cause?: unknown): EmulatorError {
  return new EmulatorError(
    'STATE_INVALID',
    `the state file ${path} ${problem}. Remove it to start afresh, or name another one.`,
    { cause },
  );
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
