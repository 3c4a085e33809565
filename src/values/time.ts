/**
 * An RFC 3339 time as Go writes it: no trailing zeros in the fraction, `Z` for UTC. Anything else is
 * passed on as it is.
 */
export function goTime(time: string): string {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time);
  if (!match) return time;
  const [, seconds = '', fraction = '', zone = ''] = match;
  const digits = fraction.replace(/0+$/, '');
  return `${seconds}${digits && `.${digits}`}${zone === '+00:00' ? 'Z' : zone}`;
}

/** {@link goTime}, null for none. */
export function goTimeOrNull(time: string | null): string | null {
  return time === null ? null : goTime(time);
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
/** Names, lengths in milliseconds, and the least count that is said in that unit; the longest first. */
type Units = readonly (readonly [name: string, length: number, from: number])[];

const UNITS: Units = [
  ['year', 365 * 24 * 60 * MINUTE, 2],
  ['month', 30 * 24 * 60 * MINUTE, 4],
  ['day', 24 * 60 * MINUTE, 2],
  ['hour', 60 * MINUTE, 1],
  ['minute', MINUTE, 1],
  ['second', SECOND, 1],
];

const SHORT_UNITS: Units = [
  ['y', 365 * 24 * 60 * MINUTE, 2],
  ['mo', 30 * 24 * 60 * MINUTE, 4],
  ['w', 7 * 24 * 60 * MINUTE, 3],
  ['d', 24 * 60 * MINUTE, 2],
  ['h', 60 * MINUTE, 1],
  ['m', MINUTE, 1],
  ['s', SECOND, 1],
];

/**
 * A time as seen from `now` (both in milliseconds): "3 days ago", "in 30 days", "in 5 seconds", "now". The count is the
 * nearest one, in a unit that is still exact enough: hours up to two days, days up to a hundred or so.
 */
export function relativeTime(time: number, now: number): string {
  // By hand: the runtime's formatter costs a third of the program's whole start.
  return toldFrom(time, now, UNITS, (count, unit) => `${count} ${unit}${count === 1 ? '' : 's'}`);
}

/** {@link relativeTime} in little room: "3w ago", "in 5mo". */
export function shortRelativeTime(time: number, now: number): string {
  return toldFrom(time, now, SHORT_UNITS, (count, unit) => `${count}${unit}`);
}

/** A time where this machine is: `2026-05-01 12:00 +02:00`; TZ decides, as everywhere. */
export function localTime(time: number): string {
  const offset = -new Date(time).getTimezoneOffset();
  const shifted = new Date(time + offset * MINUTE).toISOString();
  const distance = Math.abs(offset);
  const pad = (count: number): string => String(count).padStart(2, '0');
  const zone = `${offset < 0 ? '-' : '+'}${pad(Math.floor(distance / 60))}:${pad(distance % 60)}`;
  return `${shifted.slice(0, 10)} ${shifted.slice(11, 16)} ${offset === 0 ? 'UTC' : zone}`;
}

/** How far a time is from `now`, in the largest unit that is still exact enough. */
function toldFrom(
  time: number,
  now: number,
  units: Units,
  amountOf: (count: number, unit: string) => string,
): string {
  const distance = Math.abs(time - now);
  for (const [index, [unit, length, from]] of units.entries()) {
    const [, smaller] = units[index + 1] ?? [unit, length];
    if (distance + smaller / 2 < from * length) continue;
    const amount = amountOf(Math.round(distance / length), unit);
    return time < now ? `${amount} ago` : `in ${amount}`;
  }
  return 'now';
}
