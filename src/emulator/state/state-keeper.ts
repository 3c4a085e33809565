import type { State } from './state.ts';
import type { StateFile } from './state-file.ts';

/**
 * Keeps the state file up to date. There is one write at a time; changes that arrive during it share the
 * next one, so a burst of requests costs a few writes and not one each.
 */
export class StateKeeper {
  readonly #file: StateFile | undefined;
  readonly #state: State;
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #unsaved = false;

  /** Without a file nothing is kept: the state is gone when the process ends. */
  constructor(file: StateFile | undefined, state: State) {
    this.#file = file;
    this.#state = state;
  }

  /** There is something to write, but nobody waits for it: it goes along with the next change. */
  touch(): void {
    this.#unsaved = true;
  }

  /**
   * Resolves when everything changed before this call is on the disk.
   *
   * @throws EmulatorError STATE_INVALID, STATE_IN_USE if the file cannot be written; the next call tries again
   */
  save(): Promise<void> {
    this.#unsaved = true;
    this.#next ??= this.#current
      .catch(() => undefined)
      .then(() => {
        // What changes from here on is not in the text below and needs a write of its own.
        this.#next = undefined;
        return this.#write();
      });
    this.#current = this.#next;
    return this.#next;
  }

  /** Writes what nobody waited for. */
  async flush(): Promise<void> {
    if (this.#unsaved) await this.save();
    await this.#current;
  }

  async #write(): Promise<void> {
    if (!this.#file) return;
    this.#unsaved = false;
    try {
      await this.#file.write(`${JSON.stringify(this.#state)}\n`);
    } catch (error) {
      this.#unsaved = true;
      throw error;
    }
  }
}
