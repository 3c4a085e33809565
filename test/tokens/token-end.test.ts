import { describe, expect, test } from 'vitest';
import { secondsUntil } from '../../src/flags/expiry.ts';
import { plain } from '../../src/text/text.ts';
import { warnOfOtherEnd } from '../../src/tokens/token-end.ts';
import { failureOf } from '../support/host.ts';

const NOW = Date.parse('2026-05-01T10:00:00Z');

describe('the seconds up to a moment', () => {
  test.each([
    [90_500, 90],
    [1_000, 1],
  ])('are those that are whole: %i ms', (left, seconds) => {
    expect(secondsUntil(NOW + left, NOW)).toBe(seconds);
  });

  test.each([999, 0, -1])('are refused where it has passed or is about to: %i ms', async (left) => {
    const failure = await failureOf(() => secondsUntil(NOW + left, NOW));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain('has passed');
  });
});

describe('an end beside the one that was asked for', () => {
  function warningsOf(expires_at: string | null): string[] {
    const warnings: string[] = [];
    warnOfOtherEnd({ id: 'k3j9x0q2m7ab', expires_at }, NOW, {
      warn: (warning) => warnings.push(plain(warning)),
    });
    return warnings;
  }

  test.each(['2026-05-01T10:01:00Z', '2026-05-01T09:59:00Z'])('a minute is not worth a word: %s', (end) => {
    expect(warningsOf(end)).toEqual([]);
  });

  test.each(['2026-05-01T10:01:01Z', '2026-05-01T09:58:59Z'])('more is, and both are named: %s', (end) => {
    expect(warningsOf(end)).toEqual([
      `token k3j9x0q2m7ab expires at ${end}, not at 2026-05-01T10:00:00.000Z as requested`,
    ]);
  });
});
