import { expect, test } from 'vitest';
import { plain } from '../../src/text/text.ts';
import { ApiTime } from '../../src/values/api-time.ts';
import { FakeClock } from '../support/fake-clock.ts';

const NOON = Date.parse('2026-05-01T12:00:00Z');
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** The API's time on a machine whose clock shows `local` at noon, and what was warned of. */
function setUp(local: number) {
  const clock = new FakeClock({ now: local });
  const warnings: string[] = [];
  const time = new ApiTime(clock, (warning) => warnings.push(plain(warning)));
  return { clock, time, warnings };
}

test.each([
  ['2 h ahead', NOON + 2 * HOUR, '2 h ahead of'],
  ['2 h behind', NOON - 2 * HOUR, '2 h behind'],
  ['400 days ahead', NOON + 400 * DAY, '400 days ahead of'],
  ['400 days behind', NOON - 400 * DAY, '400 days behind'],
])(
  'is that of the last answer on a machine whose clock is %s, which is warned of once',
  (_, local, shown) => {
    const { clock, time, warnings } = setUp(local);
    time.answered(NOON);
    clock.advance(5_000);
    expect(time.decisive()).toBe(NOON + 5_000);
    time.answered(NOON + 7_000);
    expect(time.decisive()).toBe(NOON + 7_000);
    expect(warnings).toEqual([`this machine's clock is ${shown} the API's: the API's time is used`]);
  },
);

test('goes on by what has passed, whatever this machine is set to meanwhile', () => {
  const { clock, time } = setUp(NOON);
  time.answered(NOON);
  clock.setForward(400 * DAY);
  clock.advance(1_000);
  expect(time.now()).toBe(NOON + 1_000);
});

test('a minute of difference is not worth a word, nor is any where nothing is decided by it', () => {
  const near = setUp(NOON + 60_000);
  near.time.answered(NOON);
  expect([near.time.decisive(), near.warnings]).toEqual([NOON, []]);
  const far = setUp(NOON + 61_000);
  far.time.answered(NOON);
  expect([far.time.now(), far.warnings]).toEqual([NOON, []]);
});

test('is that of this machine where the answers do not tell it, and that is said once', () => {
  const { time, warnings } = setUp(NOON);
  expect([time.now(), warnings]).toEqual([NOON, []]);
  time.answered(undefined);
  expect([time.decisive(), time.now(), time.isKnown]).toEqual([NOON, NOON, false]);
  expect(warnings).toEqual(["the API's answers do not tell the time: this machine's clock is used"]);
});

test('an answer without it leaves what was told before', () => {
  const { time } = setUp(NOON + DAY);
  time.answered(NOON);
  time.answered(undefined);
  expect(time.decisive()).toBe(NOON);
});
