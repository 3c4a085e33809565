import { createHash, randomBytes } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import * as z from 'zod/mini';
import { EmulatorError, reasonOf } from '../errors.ts';
import { isAnswering } from '../lock-probe.ts';
import { isLoopbackAddress } from '../server/loopback.ts';
import { createFile, hasCode, readRegularFile, UnusableFile } from './files.ts';

const MAX_BYTES = 1_000;
/** How often an empty lock is read again, and the milliseconds in between: its maker is about to fill it. */
const LOOKS_AT_AN_EMPTY_LOCK = 20;
const BETWEEN_LOOKS = 50;
/** How often others may change the lock while it is taken over. */
const ATTEMPTS = 20;

const lockSchema = z.strictObject({
  address: z.string().check(z.refine(isEmulatorAddress)),
  nonce: z.string().check(z.regex(/^[0-9a-f]{64}$/)),
});

/**
 * Keeps a state file for one emulator. The lock is a file beside it with the emulator's address and a nonce
 * that only this emulator can prove to know. What is in force is decided by asking, never by the age of a
 * file or a process id: a killed emulator does not answer, and its lock is taken over.
 */
export class StateLock {
  readonly stateFile: string;
  /** Only this emulator knows it, and who may read the lock. */
  readonly nonce = randomBytes(32).toString('hex');
  readonly #path: string;
  #text: string | undefined;

  constructor(stateFile: string) {
    this.stateFile = stateFile;
    this.#path = `${stateFile}.lock`;
  }

  /**
   * Looks whether another emulator is there, before anything else is begun.
   *
   * @throws EmulatorError STATE_IN_USE, naming the other emulator's address; STATE_INVALID
   */
  async check(): Promise<void> {
    await holderOf(this.#path, this.stateFile);
  }

  /**
   * Of any number that try at the same moment, exactly one gets it.
   *
   * @param address where this emulator answers already
   * @throws EmulatorError STATE_IN_USE, STATE_INVALID
   */
  async acquire(address: string): Promise<void> {
    const text = `${JSON.stringify({ address, nonce: this.nonce })}\n`;
    await take(this.#path, text, this.stateFile);
    this.#text = text;
  }

  /**
   * To be asked before every write: an emulator that was suspended for so long that another one took over
   * must not write over that one's state.
   *
   * @returns whether it was this emulator's all the time; else it is again, but another one may have written
   * @throws EmulatorError STATE_IN_USE, STATE_INVALID
   */
  async confirm(): Promise<boolean> {
    const text = this.#text;
    if (text === undefined) throw new Error('the lock was not acquired');
    if ((await readLock(this.#path)) === text) return true;
    await take(this.#path, text, this.stateFile);
    return false;
  }

  /**
   * Removes the lock if it is still this emulator's, which has to answer until then. One that cannot be
   * removed does no harm: nobody answers for it any more.
   */
  async release(): Promise<void> {
    try {
      if (this.#text !== undefined && (await readLock(this.#path)) === this.#text)
        await rm(this.#path, { force: true });
    } catch {}
  }
}

/**
 * Makes the lock, or takes it over from an emulator that is gone. To take over is to replace the old lock by
 * a file whose name comes from its content and which only one can make: whoever has that one is alone in
 * replacing this very lock. It is taken over by the same rule if its maker was killed there.
 */
async function take(path: string, text: string, stateFile: string): Promise<void> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    if (await isCreated(path, text, stateFile)) return;
    const old = await holderOf(path, stateFile);
    if (old === undefined) continue;
    const successor = `${path}.${digest(old)}`;
    await take(successor, text, stateFile);
    if ((await readLock(path)) === old) {
      await rename(successor, path);
      return;
    }
    await rm(successor, { force: true });
  }
  throw unusable(path, 'keeps changing', 'Start one emulator at a time.');
}

/** The lock of an emulator that is gone, as it stands there; undefined where there is none. */
async function holderOf(path: string, stateFile: string): Promise<string | undefined> {
  const text = await readFilledLock(path);
  if (text === undefined || text === '') return text;
  const lock = parsed(text);
  if (!lock) {
    throw unusable(path, 'does not contain an emulator lock', 'Remove it, or name another state file.');
  }
  if (!(await isAnswering(lock.address, lock.nonce))) return text;
  throw new EmulatorError(
    'STATE_IN_USE',
    `the state file ${stateFile} is in use by the emulator at ${lock.address}. Use that one, stop it, or name another file.`,
  );
}

/** Reads a lock, and waits a moment for one that was just made. Left empty, it belongs to nobody. */
async function readFilledLock(path: string): Promise<string | undefined> {
  let text = await readLock(path);
  for (let looks = 0; text === '' && looks < LOOKS_AT_AN_EMPTY_LOCK; looks += 1) {
    await sleep(BETWEEN_LOOKS);
    text = await readLock(path);
  }
  return text;
}

async function readLock(path: string): Promise<string | undefined> {
  try {
    return await readRegularFile(path, MAX_BYTES);
  } catch (error) {
    const problem = error instanceof UnusableFile ? error.message : `cannot be read: ${reasonOf(error)}`;
    throw unusable(path, problem, 'Remove it, or name another state file.', error);
  }
}

async function isCreated(path: string, text: string, stateFile: string): Promise<boolean> {
  try {
    await createFile(path, text);
    return true;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return false;
    throw new EmulatorError(
      'STATE_INVALID',
      `cannot lock the state file ${stateFile}: ${reasonOf(error)}. Name a file in a folder that exists and is writable.`,
      { cause: error },
    );
  }
}

function parsed(text: string): z.infer<typeof lockSchema> | undefined {
  try {
    const lock = z.safeParse(lockSchema, JSON.parse(text));
    return lock.success ? lock.data : undefined;
  } catch {
    return undefined;
  }
}

/** Only this machine is asked, and nothing but an address stands there. */
function isEmulatorAddress(address: string): boolean {
  const match = /^http:\/\/(?:\[([0-9a-f:]+)\]|([\d.]+)):([1-9]\d{0,4})$/.exec(address);
  const port = Number(match?.[3]);
  return match !== null && isLoopbackAddress(match[1] ?? match[2] ?? '') && port <= 65_535;
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

function unusable(path: string, problem: string, hint: string, cause?: unknown): EmulatorError {
  return new EmulatorError('STATE_INVALID', `the lock file ${path} ${problem}. ${hint}`, { cause });
}
