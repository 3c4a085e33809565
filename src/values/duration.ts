const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const PART = /(\d+(?:\.\d+)?)(ms|[smhdw])/g;
const WHOLE = /^(\d+(\.\d+)?(ms|[smhdw]))+$/;

/**
 * Milliseconds of a duration such as `500ms`, `1m30s`, `12h` or `90d`; undefined if it is not one. The
 * spelling is Go's, which the official CLI's users know, with days and weeks beside it; a bare number is
 * refused, since nobody agrees on its unit.
 */
export function parseDuration(text: string): number | undefined {
  if (!WHOLE.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit = ''] of text.matchAll(PART)) total += Number(amount) * (UNITS[unit] ?? 0);
  const milliseconds = Math.round(total);
  return Number.isSafeInteger(milliseconds) ? milliseconds : undefined;
}

/** Seconds as {@link parseDuration} reads them, in the largest unit that is exact: `90d`, `36h`, `45s`. */
export function spelledDuration(seconds: number): string {
  const unit = (['d', 'h', 'm'] as const).find((one) => seconds % ((UNITS[one] ?? 0) / 1_000) === 0) ?? 's';
  return `${seconds / ((UNITS[unit] ?? 0) / 1_000)}${unit}`;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** A length of time for people: `1.5 s`, `2 min`, `36 h`, `90 days`. */
export function describeDuration(ms: number): string {
  if (ms < 1_000) return `${ms} ms`;
  if (ms < 120_000) return `${Math.round(ms / 100) / 10} s`;
  if (ms < 2 * HOUR) return `${Math.round(ms / 6_000) / 10} min`;
  if (ms < 4 * DAY) return `${Math.round((ms / HOUR) * 10) / 10} h`;
  return `${Math.round(ms / DAY)} days`;
}
