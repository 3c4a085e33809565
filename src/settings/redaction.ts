import { beginningOfSecret, findSecrets } from './secret-forms.ts';

const LOOKS_SECRET = /pscale_(?:tkn|oauth)_[\w.=~+%-]+/gi;
const BLANK = '[redacted]';

/** Whether a secret of PlanetScale stands in a value, whole or behind an id, as users paste one. */
export function holdsSecret(value: string): boolean {
  return /pscale_(?:tkn|oauth)_/i.test(value);
}

/** Secrets of PlanetScale in a text, by their shape. */
export function secretsIn(content: string): string[] {
  return content.match(LOOKS_SECRET) ?? [];
}

/** Where secrets of PlanetScale begin in a text: characters from its start. */
export function placesOfSecrets(content: string): number[] {
  return [...content.matchAll(LOOKS_SECRET)].map(({ index }) => index);
}

/**
 * Takes secrets out of text on its way to a log or an error: the ones in force, in any usual form ({@link findSecrets}), and
 * whatever has the shape of a PlanetScale secret, since users also put one where an id belongs.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  return withoutShapes(withoutKnown(text, secrets));
}

/**
 * The same for lines that come some at a time. The last ones are kept back for as long as a secret may have begun in
 * them that goes on in the next one.
 *
 * @param secrets asked for anew with each batch: more may be known by then
 */
export async function* redactedLines(
  batches: AsyncIterable<readonly string[]>,
  secrets: () => readonly string[],
): AsyncGenerator<readonly string[]> {
  let held: readonly string[] = [];
  for await (const batch of batches) {
    const known = searchable(secrets());
    const safe = withoutKnown([...held, ...batch].join('\n'), known);
    const begun = beginningOfSecret(safe, known);
    const kept = begun === undefined ? safe.length + 1 : safe.lastIndexOf('\n', begun) + 1;
    held = kept > safe.length ? [] : [safe.slice(kept)];
    if (kept > 0) yield withoutShapes(safe.slice(0, kept - 1)).split('\n');
  }
  if (held.length > 0) yield withoutShapes(held.join('\n')).split('\n');
}

function withoutShapes(text: string): string {
  return text.replace(LOOKS_SECRET, BLANK);
}

function withoutKnown(text: string, secrets: readonly string[]): string {
  let safe = '';
  let done = 0;
  for (const { start, end } of findSecrets(text, searchable(secrets))) {
    // Of two that overlap the second one is hidden with the first.
    if (start >= done) safe += text.slice(done, start) + BLANK;
    done = end;
  }
  return safe + text.slice(done);
}

/** A very short "secret" is a mistake, and blanking it would garble every message. */
function searchable(secrets: readonly string[]): string[] {
  return [...new Set(secrets)].filter(({ length }) => length >= 6);
}

/** The end of a secret, enough to tell two apart; nothing of a short one, of which that would be most. */
export function lastFour(secret: string): string {
  return secret.length >= 12 ? secret.slice(-4) : '';
}

/** Of the environment: the credentials, and what addresses hold in front of their @. */
export const SECRET_VARIABLES = ['PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN'];
const ADDRESS_VARIABLES = /^(?:https?_proxy|all_proxy|PLANETSCALE_API_URL)$/i;
const SECRET_FLAGS = ['--service-token', '--api-token'];
const ADDRESS_FLAG = '--api-url';

/** The secrets that are known before anything is read, parsed or checked: messages of that may quote them. */
export function secretsGiven(
  argv: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): string[] {
  const fromVariables = Object.entries(variables).flatMap(([name, value = '']) => {
    if (SECRET_VARIABLES.includes(name)) return [value];
    return ADDRESS_VARIABLES.test(name) ? secretsOfAddress(value) : [];
  });
  const secretFlags = SECRET_FLAGS.flatMap((flag) => valuesOf(flag, argv));
  const addresses = valuesOf(ADDRESS_FLAG, argv).flatMap(secretsOfAddress);
  return [...fromVariables, ...secretFlags, ...addresses].filter((secret) => secret !== '');
}

/** The values of a flag, given as `--flag value` or `--flag=value`; a flag in the place of a value is none. */
function valuesOf(flag: string, argv: readonly string[]): string[] {
  return argv.flatMap((word, index) => {
    if (word.startsWith(`${flag}=`)) return [word.slice(flag.length + 1)];
    const next = argv[index + 1];
    return word === flag && next !== undefined && !next.startsWith('--') ? [next] : [];
  });
}

/** What an address holds in front of its host: as written, the password alone, and as a header carries both. */
function secretsOfAddress(address: string): string[] {
  const [, user = ''] = /^(?:\w+:\/\/)?(.*)@/s.exec(address) ?? [];
  const password = user.includes(':') ? user.slice(user.indexOf(':') + 1) : '';
  if (password === '') return user === '' ? [] : [user];
  return [user, password, decoded(password), Buffer.from(decoded(user)).toString('base64')];
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
