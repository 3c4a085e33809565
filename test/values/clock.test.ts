import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/values/clock.ts';
import { isPending } from '../support/api.ts';

const reason = new Error('interrupted');

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('now is the time of the system', () => {
  vi.setSystemTime('2026-05-01T10:00:00Z');
  expect(systemClock.now()).toBe(Date.parse('2026-05-01T10:00:00Z'));
});

describe('a sleep', () => {
  test('lasts as long as asked for', async () => {
    const work = systemClock.sleep(1_000);
    vi.advanceTimersByTime(999);
    expect(await isPending(work)).toBe(true);
    vi.advanceTimersByTime(1);
    await expect(work).resolves.toBeUndefined();
  });

  test('that is interrupted ends at once with the reason, and leaves no timer behind', async () => {
    const controller = new AbortController();
    const work = systemClock.sleep(60_000, controller.signal);
    expect(vi.getTimerCount()).toBe(1);
    controller.abort(reason);
    await expect(work).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that was interrupted before it began never begins', async () => {
    await expect(systemClock.sleep(60_000, AbortSignal.abort(reason))).rejects.toBe(reason);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that is over no longer listens to its signal', async () => {
    const controller = new AbortController();
    const remove = vi.spyOn(controller.signal, 'removeEventListener');
    const work = systemClock.sleep(10, controller.signal);
    vi.advanceTimersByTime(10);
    await work;
    expect(remove).toHaveBeenCalledOnce();
    controller.abort(reason);
    await expect(work).resolves.toBeUndefined();
  });
});

describe('a timeout', () => {
  test('waits once more where the process was held up meanwhile', async () => {
    vi.useRealTimers();
    const signal = systemClock.timeout(50);
    const aborted = once(signal, 'abort');
    // As long as the thread waits, nothing that comes is heard.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 600);
    await new Promise((resolve) => setTimeout(resolve, 1));
    expect(signal.aborted).toBe(false);
    const alive = setTimeout(() => {}, 60_000);
    await aborted;
    clearTimeout(alive);
  });

  test('aborts with a TimeoutError', async () => {
    vi.useRealTimers();
    const signal = systemClock.timeout(1);
    expect(signal.aborted).toBe(false);
    // A timeout alone does not keep a process alive, and so neither this test.
    const alive = setInterval(() => {}, 1_000);
    await once(signal, 'abort');
    clearInterval(alive);
    expect(signal.reason).toMatchObject({ name: 'TimeoutError' });
  });

  test('keeps no process alive', () => {
    vi.useRealTimers();
    const timers = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const before = timers();
    const signal = systemClock.timeout(60_000);
    signal.addEventListener('abort', () => {});
    expect(timers()).toBe(before);
  });
});
