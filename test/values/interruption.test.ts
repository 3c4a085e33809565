import { expect, test } from 'vitest';
import { Interrupted } from '../../src/text/errors.ts';
import { createInterruption, ignoredIn } from '../../src/values/interruption.ts';

test('without a signal nothing is interrupted', () => {
  const { signal, insistence, cause } = createInterruption();
  expect([signal.aborted, insistence.aborted, cause()]).toEqual([false, false, undefined]);
});

test('the first signal interrupts, and does not insist', () => {
  const interruption = createInterruption();
  interruption.interrupt('SIGTERM');
  const { signal, insistence } = interruption;
  expect([signal.aborted, insistence.aborted]).toEqual([true, false]);
  const cause = interruption.cause();
  expect(cause).toBeInstanceOf(Interrupted);
  expect([cause?.signal, cause?.code, cause?.message]).toEqual([
    'SIGTERM',
    'INTERRUPTED',
    'interrupted by SIGTERM',
  ]);
  expect(signal.reason).toBe(cause);
});

test('the second signal insists, and the first one stays the cause', () => {
  const interruption = createInterruption();
  interruption.interrupt('SIGINT');
  interruption.interrupt('SIGHUP');
  expect(interruption.insistence.aborted).toBe(true);
  expect(interruption.insistence.reason).toBe(interruption.signal.reason);
  expect(interruption.cause()?.signal).toBe('SIGINT');
});

test('more signals change nothing', () => {
  const interruption = createInterruption();
  let told = 0;
  interruption.insistence.addEventListener('abort', () => {
    told += 1;
  });
  for (const signal of ['SIGINT', 'SIGINT', 'SIGTERM', 'SIGINT'] as const) interruption.interrupt(signal);
  expect([told, interruption.cause()?.signal]).toEqual([1, 'SIGINT']);
});

test('the cause is known by the time that anybody hears of the signal', () => {
  const interruption = createInterruption();
  let heard: unknown;
  interruption.signal.addEventListener('abort', () => {
    heard = interruption.cause();
  });
  interruption.interrupt('SIGINT');
  expect(heard).toBeInstanceOf(Interrupted);
});

test.each([
  ['none', 'SigIgn:\t0000000000000000', []],
  [
    'that of nohup',
    'SigBlk:\t0000000000000007\nSigIgn:\t0000000000000001\nSigCgt:\t0000000000000002',
    ['SIGHUP'],
  ],
  ['those of a job in the background', 'SigIgn:\t0000000000001006', ['SIGINT', 'SIGQUIT']],
  ['others than these', 'SigIgn:\tfffffffffff7fff8', []],
  ['nothing that is known', 'Name:\tnode', []],
])('the signals that a process ignores: %s', (_, status, ignored) => {
  expect([...ignoredIn(`Name:\tnode\n${status}\nCapInh:\t0000000000000000\n`)]).toEqual(ignored);
});
