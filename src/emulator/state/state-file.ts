import { rename, rm } from 'node:fs/promises';
import * as z from 'zod/mini';
import { EmulatorError, reasonOf } from '../errors.ts';
import { createFile, readRegularFile, UnusableFile } from './files.ts';
import { integrityProblems } from './integrity.ts';
import { digestOf } from './secrets.ts';
import { STATE_VERSION, type State, stateSchema } from './state.ts';
import type { StateLock } from './state-lock.ts';
import { validated } from './validation.ts';

/** More than a hundred thousand tokens. */
const MAX_BYTES = 64_000_000;

/** The file in which one emulator keeps its state, as long as it holds the lock. */
export class StateFile {
  readonly #path: string;
  readonly #lock: StateLock;
  /** Of the text that this emulator read or wrote last. */
  #digest: string | undefined;

  /** @param lock of the file, and acquired */
  constructor(lock: StateLock) {
    this.#path = lock.stateFile;
    this.#lock = lock;
  }

  /**
   * The state that the file holds; undefined where there is no file yet.
   *
   * @throws EmulatorError STATE_INVALID, naming the file
   */
  async read(): Promise<State | undefined> {
    const text = await this.#text();
    if (text === undefined) return undefined;
    this.#digest = digestOf(text);
    const content = parsed(text, this.#path);
    const versioned = z.safeParse(z.object({ version: z.number() }), content);
    if (versioned.success && versioned.data.version !== STATE_VERSION) {
      throw invalid(
        this.#path,
        `is of version ${versioned.data.version}, this emulator reads ${STATE_VERSION}`,
      );
    }
    const state = validated(stateSchema, content);
    if ('problem' in state) throw invalid(this.#path, `does not hold a state: ${state.problem}`);
    const problems = integrityProblems(state.value);
    if (problems.length > 0) throw invalid(this.#path, `does not hold a state: ${problems.join('; ')}`);
    return state.value;
  }

  /**
   * Replaces the file in one step: whoever reads it, also after this process was killed in the middle,
   * finds the old state or the new one, whole. A temporary file that a killed process left is replaced.
   *
   * @throws EmulatorError STATE_INVALID, naming the file; STATE_IN_USE if another emulator has it by now
   */
  async write(text: string): Promise<void> {
    if (Buffer.byteLength(text) > MAX_BYTES) {
      throw invalid(this.#path, 'would hold more than 64 MB', undefined, 'Delete some tokens or branches.');
    }
    if (!(await this.#lock.confirm())) await this.#refuseForeign();
    const temporary = `${this.#path}.tmp`;
    try {
      await rm(temporary, { force: true });
      await createFile(temporary, text);
      await rename(temporary, this.#path);
    } catch (error) {
      throw new EmulatorError(
        'STATE_INVALID',
        `cannot write the state file ${this.#path}: ${reasonOf(error)}. Name a file in a folder that exists and is writable.`,
        { cause: error },
      );
    }
    this.#digest = digestOf(text);
  }

  /** The lock was lost for a while: another emulator's state is not written over. */
  async #refuseForeign(): Promise<void> {
    const text = await this.#text();
    if (text === undefined || digestOf(text) === this.#digest) return;
    await this.#lock.release();
    throw invalid(
      this.#path,
      'was changed by another emulator',
      undefined,
      'Start this one again to go on with that state.',
    );
  }

  async #text(): Promise<string | undefined> {
    try {
      return await readRegularFile(this.#path, MAX_BYTES);
    } catch (error) {
      if (error instanceof UnusableFile) {
        throw invalid(this.#path, error.message, error, 'Name another one.');
      }
      throw invalid(this.#path, `cannot be read: ${reasonOf(error)}`, error);
    }
  }
}

function parsed(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalid(path, `is not JSON: ${reasonOf(error)}`, error);
  }
}

function invalid(
  path: string,
  problem: string,
  cause?: unknown,
  hint = 'Remove it to start afresh, or name another one.',
): EmulatorError {
  return new EmulatorError('STATE_INVALID', `the state file ${path} ${problem}. ${hint}`, { cause });
}
