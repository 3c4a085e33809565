import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';

/**
 * What PlanetScale's documents say that a token has, as of November 2026. A field beside these may be a rule
 * that this program does not know, and that a copy would have to keep.
 */
export const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'id',
  'type',
  'name',
  'display_name',
  'token',
  'plain_text_refresh_token',
  'avatar_url',
  'created_at',
  'updated_at',
  'expires_at',
  'last_used_at',
  'last_used_ip',
  'last_used_location',
  'last_used_asn',
  'last_used_asn_organization',
  'cidrs',
  'actor_id',
  'actor_display_name',
  'actor_type',
  'service_token_accesses',
  'oauth_accesses_by_resource',
]);

/** Of each token its own: what it is called, made by, and used for. */
const OF_ITS_OWN = /^(last_used_.*|created_at|updated_at|.*_url|display_name|actor.*)$/;

/** Names that speak of a rule, whatever its value is. */
const RULE = /restrict|allow|deny|polic|network|ip_|scope|not_before/;

/** Values of unknown fields that a copy must show as well, by their names. */
export type CarriedFields = ReadonlyMap<string, unknown>;

/**
 * The unknown fields that say something.
 *
 * @param without names that the user does not care about
 * @throws Failure COMMAND_FAILED for one that may be a rule; nothing has been made
 */
export function carriedFields(
  token: Readonly<Record<string, unknown>> & { readonly id: string },
  without: ReadonlySet<string>,
): CarriedFields {
  const fields = Object.entries(token).filter(
    ([name, value]) =>
      !KNOWN_FIELDS.has(name) && !OF_ITS_OWN.test(name) && !without.has(name) && !isEmpty(value),
  );
  const rule = fields.find(([name, value]) => typeof value === 'object' || RULE.test(name));
  if (!rule) return new Map(fields);
  const [name] = rule;
  throw new Failure('COMMAND_FAILED', text`token ${token.id} has ${name}, which this program cannot copy`, {
    hint: text`The copy might be allowed more than the original. Nothing was created. To copy it without ${name}, add --without ${name}.`,
  });
}

/** @throws Failure COMMAND_FAILED where the copy differs in one of them */
export function compareCarried(copy: Readonly<Record<string, unknown>>, carried: CarriedFields): void {
  for (const [name, value] of carried) {
    if (copy[name] === value) continue;
    throw new Failure(
      'COMMAND_FAILED',
      text`its ${name} is ${shown(copy[name])}, but that of the original is ${shown(value)}`,
      {
        hint: text`To copy it without ${name}, add --without ${name}.`,
      },
    );
  }
}

function shown(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return true;
  return typeof value === 'object' && Object.keys(value).length === 0;
}
