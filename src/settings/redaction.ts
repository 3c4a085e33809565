const LOOKS_SECRET = /pscale_(?:tkn|oauth)_[\w.=-]+/g;
const BLANK = '[redacted]';

/**
 * Takes secrets out of text on its way to a log or an error: the ones in force, and whatever has the
 * shape of a PlanetScale secret, since users also put one where an id belongs.
 */
export function redact(text: string, secrets: readonly string[] = []): string {
  let safe = text;
  for (const secret of secrets) {
    // A very short "secret" is a mistake, and blanking it would garble every message.
    if (secret.length >= 6) safe = safe.replaceAll(secret, BLANK);
  }
  return safe.replace(LOOKS_SECRET, BLANK);
}
