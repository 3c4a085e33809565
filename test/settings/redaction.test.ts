import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsSecret, redact, redactedLines, secretsGiven } from '../../src/settings/redaction.ts';

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

describe('a secret in another form', () => {
  const token = 'pscale_tkn_Zq3-_9mB7hT2vL5xR8cW1nK4jF6dS0gA';
  const b64 = (text: string) => Buffer.from(text).toString('base64');
  const url = (text: string) => Buffer.from(text).toString('base64url');
  const hex = (text: string) => Buffer.from(text).toString('hex');
  const wrapped = (text: string, columns: number) =>
    text.replace(new RegExp(`.{${columns}}(?=.)`, 'g'), '$&\n');
  const payloads = {
    secret: token,
    pair: `k3j9x0q2m7ab:${token}`,
    json: JSON.stringify({ A_ID: 'k3j9x0q2m7ab', A_TOKEN: token }),
    dotenv: `A_ID=k3j9x0q2m7ab\nA_TOKEN=${token}\n`,
  };
  const forms: Record<string, (text: string) => string> = {
    plain: (text) => text,
    'in JSON': (text) => JSON.stringify({ text }),
    'in JSON in JSON': (text) => JSON.stringify({ text: JSON.stringify({ text }) }),
    'percent-encoded': encodeURIComponent,
    'percent-encoded, each byte': (text) => hex(text).replace(/../g, '%$&'),
    base64: b64,
    'base64 a byte further on': (text) => b64(`x${text}`),
    'base64 two bytes further on': (text) => b64(`xy${text}`),
    base64url: url,
    'base64url a byte further on': (text) => url(`x${text}`),
    'base64 in 64 columns': (text) => wrapped(b64(text), 64),
    'base64 in 76 columns, indented': (text) => wrapped(b64(text), 76).replaceAll('\n', '\r\n    '),
    'base64 in 20 columns in JSON': (text) => JSON.stringify(wrapped(b64(text), 20)),
    hex,
    'hex in capitals': (text) => hex(text).toUpperCase(),
    'hex as xxd -p': (text) => wrapped(hex(text), 60),
    'hex as od -An -tx1': (text) => wrapped(hex(text).replace(/../g, ' $&'), 48),
    'hex with colons': (text) => hex(text).replace(/..(?=.)/g, '$&:'),
  };
  /** All that can be read out of a text: nothing of it may hold a part of the secret. */
  function expectNothing(safe: string): void {
    const joined = safe.replaceAll(/\[redacted\]/g, '|').replaceAll(/\\n|\s/g, '');
    for (const run of joined.split(/[^\w+/=-]+/)) {
      const readings = [0, 1, 2, 3].map((at) => Buffer.from(run.slice(at), 'base64').toString('latin1'));
      const digits = run.replaceAll(/[^0-9a-f]/gi, '');
      for (const reading of [run, ...readings, Buffer.from(digits, 'hex').toString('latin1')])
        for (let at = 11; at + 5 < token.length; at += 1)
          expect(reading).not.toContain(token.slice(at, at + 5));
    }
  }

  test.each(Object.keys(forms))('is taken out, alone and within what is piped: %s', async (name) => {
    for (const payload of Object.values(payloads)) {
      const output = `before ${forms[name]?.(payload)} behind`;
      const safe = redact(output, [token]);
      expect(safe).toMatch(/^before [\s\S]*\[redacted\][\s\S]* behind$/);
      expectNothing(safe);
      // Line by line, as a slow command prints.
      const batches = (async function* () {
        for (const line of output.split(/\r?\n/)) yield [line];
      })();
      const passed: string[] = [];
      for await (const lines of redactedLines(batches, () => [token])) passed.push(...lines);
      expectNothing(passed.join('\n'));
      expect(passed.join('\n')).toMatch(/ behind$/);
    }
  });

  test('a line in which no secret can have begun is passed on at once', async () => {
    const seen: string[] = [];
    const batches = (async function* () {
      yield ['open https://example.com/psc'];
      expect(seen).toEqual(['open https://example.com/psc']);
      yield [`token ${token.slice(0, 20)}`];
      expect(seen).toHaveLength(1);
      yield [token.slice(20)];
      expect(seen.slice(1)).toEqual(['token [redacted]']);
    })();
    for await (const lines of redactedLines(batches, () => [token])) seen.push(...lines);
  });

  test.each(['ab\n', '\n', '\\', 'psca', token.slice(0, 30), ' '])(
    'takes time in proportion to the length: a megabyte of %j',
    (part) => {
      const text = part.repeat(Math.ceil(1_000_000 / part.length));
      const start = performance.now();
      redact(text, [token]);
      expect(performance.now() - start).toBeLessThan(3_000);
    },
  );
});

describe('holdsSecret', () => {
  test.each(['pscale_tkn_x', 'k3j9x0q2m7ab:pscale_oauth_x', 'PSCALE_TKN_X'])('sees it in %s', (value) => {
    expect(holdsSecret(value)).toBe(true);
  });

  test.each(['', 'pscale_tkn', 'pscale_user_x', 'k3j9x0q2m7ab'])('sees none in “%s”', (value) => {
    expect(holdsSecret(value)).toBe(false);
  });
});

/** What may stand in a log before anything has been parsed: each of these has to be known by then. */
describe('secretsGiven', () => {
  test.each(['PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN'])('by %s', (name) => {
    expect(secretsGiven([], { [name]: 'hunter2-hunter2' })).toEqual(['hunter2-hunter2']);
  });

  test.each(['--service-token', '--api-token'])('by %s, in both spellings', (flag) => {
    expect(secretsGiven(['list', flag, 'hunter2', 'x'], {})).toEqual(['hunter2']);
    expect(secretsGiven(['list', `${flag}=hun=ter2`, 'x'], {})).toEqual(['hun=ter2']);
    // Each of several, although only the last one counts.
    expect(secretsGiven([flag, 'first1', `${flag}=second`], {})).toEqual(['first1', 'second']);
  });

  test('by no flag without a value, and by no flag in its place', () => {
    expect(secretsGiven(['list', '--api-token'], {})).toEqual([]);
    expect(secretsGiven(['list', '--api-token='], {})).toEqual([]);
    expect(secretsGiven(['--api-token', '--org', 'acme'], {})).toEqual([]);
    expect(secretsGiven(['--api-token-x', 'hunter2', '--service-token-id', 'k3j9x0q2m7ab'], {})).toEqual([]);
  });

  test('by no other variable, and none that is unset or empty', () => {
    expect(
      secretsGiven([], {
        PLANETSCALE_SERVICE_TOKEN: undefined,
        PLANETSCALE_API_TOKEN: '',
        PLANETSCALE_SERVICE_TOKEN_ID: 'k3j9x0q2m7ab',
        MY_HTTPS_PROXY: 'http://user:hunter2@proxy.example',
        HTTPS_PROXY_OLD: 'http://user:hunter2@proxy.example',
        MY_PLANETSCALE_API_TOKEN: 'hunter2',
      }),
    ).toEqual([]);
  });

  const basic = Buffer.from('user:hunter2').toString('base64');

  test.each(['HTTPS_PROXY', 'https_proxy', 'http_proxy', 'ALL_PROXY', 'PLANETSCALE_API_URL'])(
    'in front of the host of %s: both, the password alone, and as a header carries them',
    (name) => {
      expect(secretsGiven([], { [name]: 'http://user:hunter2@proxy.example:8080' })).toEqual([
        'user:hunter2',
        'hunter2',
        'hunter2',
        basic,
      ]);
    },
  );

  test('in front of the host of --api-url, in both spellings', () => {
    const address = 'https://user:hunter2@api.example/v1';
    const all = ['user:hunter2', 'hunter2', 'hunter2', basic];
    expect(secretsGiven(['--api-url', address], {})).toEqual(all);
    expect(secretsGiven([`--api-url=${address}`], {})).toEqual(all);
  });

  test.each([
    ['without a scheme', 'user:hunter2@proxy.example', ['user:hunter2', 'hunter2', 'hunter2', basic]],
    ['of a user alone, which may be a key', 'http://hunter2@proxy.example', ['hunter2']],
    ['with an empty password', 'http://hunter2:@proxy.example', ['hunter2:']],
    ['of nobody', 'http://proxy.example:8080', []],
    ['that is empty', '', []],
  ])('an address %s', (_, address, secrets) => {
    expect(secretsGiven([], { HTTPS_PROXY: address })).toEqual(secrets);
  });

  test('a password with colons, and one that holds the sign that ends it', () => {
    expect(secretsGiven([], { HTTP_PROXY: 'http://u:a:b@c@proxy.example' })).toEqual([
      'u:a:b@c',
      'a:b@c',
      'a:b@c',
      Buffer.from('u:a:b@c').toString('base64'),
    ]);
  });

  test('a password written with percent signs is known as it is, too; one that cannot be read, as written', () => {
    expect(secretsGiven([], { HTTP_PROXY: 'http://u:p%40ss@proxy.example' })).toEqual([
      'u:p%40ss',
      'p%40ss',
      'p@ss',
      Buffer.from('u:p@ss').toString('base64'),
    ]);
    expect(secretsGiven([], { HTTP_PROXY: 'http://u:p%4@proxy.example' })).toEqual([
      'u:p%4',
      'p%4',
      'p%4',
      Buffer.from('u:p%4').toString('base64'),
    ]);
  });

  test('an address of more than one line', () => {
    expect(secretsGiven([], { HTTP_PROXY: 'http://u:hun\nter2@proxy.example' })).toContain('hun\nter2');
  });
});
