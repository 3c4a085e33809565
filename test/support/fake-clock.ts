import { ApiTime } from '../../src/values/api-time.ts';
import type { Clock } from '../../src/values/clock.ts';

interface Timer {
  readonly at: number;
  ring(): void;
}

export interface FakeClockOptions {
  /** Milliseconds since the epoch. */
  readonly now?: number;
  /** Whether a sleep lasts until the test moves the clock; else it is over at once and moves the clock itself. */
  readonly held?: boolean;
}

/** Time that never passes by itself, and remembers what was waited for. All lengths are milliseconds. */
export class FakeClock implements Clock {
  /** Length of every sleep asked for. */
  readonly slept: number[] = [];
  /** Length of every timeout asked for. */
  readonly timeouts: number[] = [];
  private time: number;
  private readonly startedAt: number;
  /** What the clock was set forward by; nothing has passed for that. */
  private shift = 0;
  private readonly held: boolean;
  private readonly sleeps = new Set<Timer>();
  private readonly deadlines = new Set<Timer>();
  private readonly watchers: (() => void)[] = [];

  constructor({ now = Date.parse('2026-05-01T10:00:00Z'), held = false }: FakeClockOptions = {}) {
    this.time = now;
    this.startedAt = now;
    this.held = held;
  }

  now(): number {
    return this.time + this.shift;
  }

  elapsed(): number {
    return this.time - this.startedAt;
  }

  /** Sets the clock forward, as a sleep of the machine does. */
  setForward(ms: number): void {
    this.shift += ms;
  }

  /** Sleeps that have neither ended nor been given up: what would keep a real program alive. */
  get sleeping(): number {
    return this.sleeps.size;
  }

  /** All that was slept, or asked to be. */
  get waited(): number {
    return this.slept.reduce((sum, length) => sum + length, 0);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    this.slept.push(ms);
    for (const watcher of this.watchers.splice(0)) watcher();
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const giveUp = (): void => {
        this.sleeps.delete(timer);
        reject(signal?.reason);
      };
      const timer = {
        at: this.time + ms,
        ring: () => {
          signal?.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      this.sleeps.add(timer);
      signal?.addEventListener('abort', giveUp, { once: true });
      if (!this.held) this.advance(ms);
    });
  }

  timeout(ms: number): AbortSignal {
    this.timeouts.push(ms);
    const controller = new AbortController();
    this.deadlines.add({
      at: this.time + ms,
      ring: () => controller.abort(new DOMException('the time is over', 'TimeoutError')),
    });
    return controller.signal;
  }

  advance(ms: number): void {
    this.time += ms;
    for (const timers of [this.sleeps, this.deadlines]) {
      const due = [...timers].filter(({ at }) => at <= this.time).sort((one, other) => one.at - other.at);
      for (const timer of due) {
        timers.delete(timer);
        timer.ring();
      }
    }
  }

  /** Resolves when the next sleep is asked for. */
  nextSleep(): Promise<void> {
    return new Promise((resolve) => this.watchers.push(resolve));
  }
}

/** The API's time as nobody has told it yet; what it warns of goes nowhere. */
export function untoldTime(clock: Clock = new FakeClock()): ApiTime {
  return new ApiTime(clock, () => {});
}
