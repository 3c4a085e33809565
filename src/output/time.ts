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

const MINUTE = 60_000;
/** Units, their lengths in milliseconds, and the least count that is said in them. */
const UNITS = [
  ['year', 365 * 24 * 60 * MINUTE, 2],
  ['month', 30 * 24 * 60 * MINUTE, 4],
  ['day', 24 * 60 * MINUTE, 2],
  ['hour', 60 * MINUTE, 1],
  ['minute', MINUTE, 1],
] as const;

/**
 * A time as seen from `now` (both in milliseconds): "3 days ago", "in 30 days", "now". The count is the
 * nearest one, in a unit that is still exact enough: hours up to two days, days up to a hundred or so.
 */
export function relativeTime(time: number, now: number): string {
  const difference = time - now;
  const distance = Math.abs(difference);
  for (const [index, [unit, length, from]] of UNITS.entries()) {
    const [, smaller] = UNITS[index + 1] ?? [unit, length];
    if (distance + smaller / 2 < from * length) continue;
    const count = Math.round(distance / length);
    // By hand: the runtime's formatter costs a third of the program's whole start.
    const amount = `${count} ${unit}${count === 1 ? '' : 's'}`;
    return difference < 0 ? `${amount} ago` : `in ${amount}`;
  }
  return 'now';
}
