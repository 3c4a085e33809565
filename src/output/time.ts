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
const UNITS = [
  ['year', 365 * 24 * 60 * MINUTE],
  ['month', 30 * 24 * 60 * MINUTE],
  ['week', 7 * 24 * 60 * MINUTE],
  ['day', 24 * 60 * MINUTE],
  ['hour', 60 * MINUTE],
  ['minute', MINUTE],
] as const;

/** A time as seen from `now` (both in milliseconds): "3 weeks ago", "in 59 minutes", "now". */
export function relativeTime(time: number, now: number): string {
  const difference = time - now;
  for (const [unit, length] of UNITS) {
    const count = Math.trunc(Math.abs(difference) / length);
    if (count === 0) continue;
    // By hand: the runtime's formatter costs a third of the program's whole start.
    const amount = `${count} ${unit}${count === 1 ? '' : 's'}`;
    return difference < 0 ? `${amount} ago` : `in ${amount}`;
  }
  return difference > MINUTE / 2 ? 'in less than a minute' : 'now';
}
