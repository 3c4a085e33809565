import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { redact } from '../../src/settings/redaction.ts';

/** Characters that a credential may have, apart from the brackets of the blank itself. */
const secret = fc.string({
  unit: fc.constantFrom(...'abcXYZ0189+/=_.-$^*(){}|\\?"\'<>&'),
  minLength: 6,
  maxLength: 40,
});
const around = fc.string({ unit: 'binary', maxLength: 30 });

describe('redact', () => {
  test('leaves nothing of the secrets in force, whatever surrounds them', () => {
    fc.assert(
      fc.property(fc.array(secret, { minLength: 1, maxLength: 3 }), fc.array(around), (secrets, parts) => {
        const text = parts.map((part, index) => `${part}${secrets[index % secrets.length]}`).join('');
        const safe = redact(text, secrets);
        for (const each of secrets) expect(safe).not.toContain(each);
      }),
    );
  });

  test('leaves no tail of a secret that begins with another one', () => {
    expect(redact('id=abcdef secret=abcdefTAIL', ['abcdef', 'abcdefTAIL'])).toBe(
      'id=[redacted] secret=[redacted]',
    );
    expect(redact('id=abcdef secret=abcdefTAIL', ['abcdefTAIL', 'abcdef'])).toBe(
      'id=[redacted] secret=[redacted]',
    );
  });

  test('leaves nothing that has the shape of a PlanetScale secret, known or not', () => {
    const shaped = fc
      .tuple(
        fc.constantFrom('pscale_tkn_', 'pscale_oauth_'),
        fc.string({ unit: fc.constantFrom(...'abcXYZ0189=_.-'), minLength: 1, maxLength: 64 }),
      )
      .map(([prefix, rest]) => `${prefix}${rest}`);
    fc.assert(
      fc.property(around, shaped, around, (before, unknown, after) => {
        const safe = redact(`${before}${unknown}${after}`);
        expect(safe).not.toContain(unknown);
        expect(safe).not.toMatch(/pscale_(tkn|oauth)_[\w.=-]/);
      }),
    );
  });

  test('takes a secret out as it stands in JSON, in JSON inside of JSON, and in a URL', () => {
    const secret = String.raw`word"with\marks`;
    const once = JSON.stringify({ secret });
    expect(redact(once, [secret])).toBe('{"secret":"[redacted]"}');
    expect(redact(JSON.stringify({ once }), [secret])).toBe(
      JSON.stringify({ once: '{"secret":"[redacted]"}' }),
    );
    expect(redact(`?q=${encodeURIComponent(secret)}&n=1`, [secret])).toBe('?q=[redacted]&n=1');
  });

  test('takes out every occurrence and keeps the rest', () => {
    expect(redact('a hunter2hunter2 b hunter2 c', ['hunter2'])).toBe('a [redacted][redacted] b [redacted] c');
    expect(redact('GET /v1?t=pscale_tkn_abc.d-e=f&x=1 pscale_oauth_Z')).toBe(
      'GET /v1?t=[redacted]&x=1 [redacted]',
    );
  });

  test('leaves a text without secrets as it is', () => {
    const innocent = 'token k3j9x0q2m7ab of pscale_tkn and pscale_user_x';
    expect(redact(innocent, ['hunter2'])).toBe(innocent);
  });

  test('does not garble messages for a secret too short to be one', () => {
    expect(redact('an apple a day', ['a', ''])).toBe('an apple a day');
  });
});
