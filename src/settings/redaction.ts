const LOOKS_SECRET = /pscale_(?:tkn|oauth)_[\w.=-]+/g;
const BLANK = '[redacted]';

/**
 * Takes secrets out of text on its way to a log or an error: the ones in force, and whatever has the
 * shape of a PlanetScale secret, since users also put one where an id belongs.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text;
  // The longest first: one secret may begin with another, whose removal would leave the rest.
  for (const secret of secrets.flatMap(spellings).toSorted((a, b) => b.length - a.length)) {
    // A very short "secret" is a mistake, and blanking it would garble every message.
    if (secret.length >= 6) safe = safe.replaceAll(secret, BLANK);
  }
  return safe.replace(LOOKS_SECRET, BLANK);
}

/** A secret as it is, and as it stands in JSON, and in JSON inside of JSON. */
function spellings(secret: string): string[] {
  const once = JSON.stringify(secret).slice(1, -1);
  return [...new Set([secret, once, JSON.stringify(once).slice(1, -1)])];
}
