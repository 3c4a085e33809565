import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

const ID_ALPHABET = 'abcdefghijklmnopqrstuvwxyz0123456789';
const ID_LENGTH = 12;

export function randomId(): string {
  return Array.from({ length: ID_LENGTH }, () => ID_ALPHABET[randomInt(ID_ALPHABET.length)]).join('');
}

/** The shape that secret scanners look for: the prefix and 43 characters of A-Za-z0-9_-. */
export function randomSecret(): string {
  return `pscale_tkn_${randomBytes(32).toString('base64url')}`;
}

/**
 * An id that is the same on every run, for what is not made by a request: rows that are not stored, and
 * whatever a seed holds.
 */
export function stableId(...names: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(names)).digest();
  return Array.from(digest.subarray(0, ID_LENGTH), (byte) => ID_ALPHABET[byte % ID_ALPHABET.length]).join('');
}

/** SHA-256 in hexadecimal: the only form in which secrets are kept. */
export function digestOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

/** Compares in a time that does not depend on how much of the secret is right. */
export function isSecret(presented: string, digest: string): boolean {
  return timingSafeEqual(Buffer.from(digestOf(presented), 'hex'), Buffer.from(digest, 'hex'));
}
