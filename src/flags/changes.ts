import { refuseSecret } from '../api/path.ts';
import { DURATIONS, type Flag, flagsTogether, switchFlag, valueFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { listed, text } from '../text/text.ts';
import { EXPIRY_HEADING, type NewEnd, parseExpiresAt, parseTtl, secondsUntil } from './expiry.ts';

/** Seconds that the API takes at most: published for changes, not for new tokens. */
export const LONGEST_TTL = 31_536_000;

/** `--name` and `--no-name`: what a token is to be called; null for nothing, undefined where it stays. */
export const NEW_NAME: Flag<string | null | undefined> = flagsTogether(
  {
    name: valueFlag('-n, --name <name>', 'Its new name', parseName),
    none: switchFlag('--no-name', 'Remove its name'),
  },
  ({ name, none }) => {
    if (!none) return name;
    if (name === undefined) return null;
    throw new Failure('INVALID_USAGE', text`Use only one of: --name, --no-name.`);
  },
);

/** `--ttl`, `--expires-at` and `--no-expiry`: when a token is to stop working; undefined where that stays. */
export const NEW_END: Flag<NewEnd | undefined> = flagsTogether(
  {
    ttl: valueFlag('--ttl <duration>', 'How long it works from now: 3600 (seconds), 12h or 30d', parseTtl, {
      ...EXPIRY_HEADING,
      completes: DURATIONS,
    }),
    expiresAt: valueFlag(
      '--expires-at <time>',
      'When it ends: 2027-01-31 (UTC) or RFC 3339',
      parseExpiresAt,
      EXPIRY_HEADING,
    ),
    none: switchFlag('--no-expiry', 'Remove its expiry', EXPIRY_HEADING),
  },
  ({ ttl, expiresAt, none }): NewEnd | undefined => {
    const given = [
      ...(ttl === undefined ? [] : ['--ttl']),
      ...(expiresAt === undefined ? [] : ['--expires-at']),
      ...(none ? ['--no-expiry'] : []),
    ];
    if (given.length > 1) throw new Failure('INVALID_USAGE', text`Use only one of: ${listed(given)}.`);
    if (none) return { kind: 'never' };
    if (ttl === 0) {
      throw new Failure('INVALID_USAGE', text`--ttl 0 is not a lifetime`, {
        hint: text`To remove the expiry use --no-expiry.`,
      });
    }
    if (ttl !== undefined && ttl > LONGEST_TTL) throw tooLate('--ttl');
    if (ttl !== undefined) return { kind: 'in', seconds: ttl };
    return expiresAt === undefined ? undefined : { kind: 'at', time: expiresAt };
  },
);

/**
 * @param time milliseconds since the epoch, as `now`
 * @throws Failure INVALID_USAGE for a moment that has passed, or is further away than the API takes
 */
export function refuseMoment(time: number, now: number): void {
  secondsUntil(time, now);
  if (time - now > LONGEST_TTL * 1_000) throw tooLate('--expires-at');
}

function parseName(name: string): string {
  refuseSecret(name, 'token name');
  if (name !== '') return name;
  throw new Failure('INVALID_USAGE', text`--name is empty`, {
    hint: text`To remove the name use --no-name. Perhaps a shell variable is empty.`,
  });
}

function tooLate(flag: string): Failure {
  return new Failure('INVALID_USAGE', text`${flag} is more than a year from now`, {
    hint: text`PlanetScale accepts at most 365d; to remove the expiry use --no-expiry.`,
  });
}
