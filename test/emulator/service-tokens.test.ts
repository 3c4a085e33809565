import { describe, expect, test } from 'vitest';
import { createdToken, startApi, TOKENS } from './support/api.ts';

const NOW = Date.parse('2026-05-01T10:00:00.000Z');
const clock = { now: () => NOW };

describe('creating', () => {
  test('answers the whole token and, this once, its secret', async () => {
    const api = await startApi({ clock, randomId: () => 'k3j9x0q2m7ab', randomSecret: () => 'pscale_tkn_x' });
    const as = `Bearer ${api.emulator.administrator.userToken}`;
    const { body } = await api.call('POST', TOKENS, { as, json: { name: 'ci', ttl: 3600 } });
    expect(body).toMatchObject({
      id: 'k3j9x0q2m7ab',
      type: 'ServiceToken',
      name: 'ci',
      display_name: 'ci',
      token: 'pscale_tkn_x',
      created_at: '2026-05-01T10:00:00.000Z',
      updated_at: '2026-05-01T10:00:00.000Z',
      expires_at: '2026-05-01T11:00:00.000Z',
      last_used_at: null,
      actor_display_name: 'Robin',
      actor_type: 'User',
      service_token_accesses: [],
    });
    expect((await api.call('GET', `${TOKENS}/k3j9x0q2m7ab`)).body).toMatchObject({ token: null });
    expect((await api.call('GET', TOKENS)).text).not.toContain('pscale_tkn_x');
  });

  test('makes ids and secrets that look like the real ones, never the same', async () => {
    const api = await startApi();
    const made = [];
    for (let i = 0; i < 5; i += 1) made.push(createdToken.parse((await api.call('POST', TOKENS)).body));
    for (const { id, token } of made) {
      expect(id).toMatch(/^[a-z0-9]{12}$/);
      expect(token).toMatch(/^pscale_tkn_[A-Za-z0-9_-]{43}$/);
    }
    expect(new Set(made.map(({ id }) => id)).size).toBe(5);
    expect(new Set(made.map(({ token }) => token)).size).toBe(5);
  });

  test.each([
    ['no body', undefined],
    ['no fields', {}],
    ['null', { name: null, ttl: null }],
    ['an empty name', { name: '' }],
    ['fields that nobody knows', { colour: 'red' }],
  ])('takes %s for a token without name and expiry', async (_, json) => {
    const api = await startApi();
    const { status, body } = await api.call('POST', TOKENS, { json });
    expect(status).toBe(200);
    const { id } = createdToken.parse(body);
    expect(body).toMatchObject({ name: null, display_name: id, expires_at: null });
  });

  test('records the service token that made it', async () => {
    const api = await startApi();
    const maker = await api.tokenWith({ database: '', access: ['write_service_tokens'] });
    const { body } = await api.call('POST', TOKENS, { as: maker.as });
    expect(body).toMatchObject({
      actor_id: maker.id,
      actor_display_name: maker.id,
      actor_type: 'ServiceToken',
    });
  });

  test('takes a name of 255 characters, however many bytes they need', async () => {
    const api = await startApi();
    const name = '🔑'.repeat(255);
    expect((await api.call('POST', TOKENS, { json: { name } })).body).toMatchObject({ name });
  });

  test.each([
    ['a name of 256 characters', { name: 'n'.repeat(256) }, /^Name is too long/],
    ['a name that is a number', { name: 5 }, /^Name is not valid$/],
    ['a ttl of 0', { ttl: 0 }, /^Ttl must be greater than 0$/],
    ['a negative ttl', { ttl: -1 }, /^Ttl must be greater than 0$/],
    ['a ttl with a fraction', { ttl: 1.5 }, /^Ttl must be a whole number of seconds$/],
    ['a ttl in a text', { ttl: '3600' }, /^Ttl must be a whole number of seconds$/],
    ['a ttl beyond what a date can say', { ttl: 1e12 }, /^Ttl is too large$/],
  ])('refuses %s', async (_, json, message) => {
    const api = await startApi();
    const answer = await api.call('POST', TOKENS, { json });
    expect(answer).toMatchObject({ status: 422, body: { code: 'unprocessable' } });
    expect(answer.body).toMatchObject({ message: expect.stringMatching(message) });
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: 0 });
  });

  test.each(['{', '[]', '"name"', '5', 'null', 'name=ci'])('refuses the body %s', async (text) => {
    const api = await startApi();
    expect(await api.call('POST', TOKENS, { text })).toMatchObject({
      status: 400,
      body: { code: 'bad_request' },
    });
  });

  test('gives up on ids that repeat themselves, and lives on', async () => {
    const api = await startApi({ randomId: () => 'always' });
    await api.call('POST', TOKENS);
    expect(await api.call('POST', TOKENS)).toMatchObject({ status: 500, body: { code: 'internal' } });
    expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: 1 });
  });
});

test('deleting is final', async () => {
  const api = await startApi();
  const { id } = await api.tokenWith();
  expect(await api.call('DELETE', `${TOKENS}/${id}`)).toMatchObject({ status: 204 });
  expect(await api.call('GET', `${TOKENS}/${id}`)).toMatchObject({ status: 404 });
  expect(await api.call('DELETE', `${TOKENS}/${id}`)).toMatchObject({ status: 404 });
});

test('one token carries its accesses, a list of tokens does not', async () => {
  const api = await startApi();
  const { id } = await api.tokenWith(
    { database: 'shop', access: ['read_branch'] },
    { database: '', access: ['read_databases'] },
  );
  expect((await api.call('GET', `${TOKENS}/${id}`)).body).toMatchObject({
    service_token_accesses: [
      { access: 'read_branch', description: 'Read branch', resource_name: 'shop', resource_type: 'Database' },
      { access: 'read_databases', resource_name: 'acme', resource_type: 'Organization' },
    ],
  });
  expect((await api.call('GET', TOKENS)).body).toMatchObject({ data: [{ service_token_accesses: null }] });
});

describe('changing', () => {
  const TOKEN = `${TOKENS}/tok000000001`;
  const seed = {
    tokens: [
      { id: 'tok000000001', name: 'ci', secret: 'pscale_tkn_ci', created_at: '2026-01-05T08:00:00Z' },
      { id: 'tok000000002', secret: 'pscale_tkn_locked', cidrs: ['203.0.113.7', '198.51.100.0/24'] },
      { id: 'tok000000003', secret: 'pscale_tkn_near', cidrs: ['127.0.0.0/8'] },
    ],
  };

  test('changes what the body names, counts an end from now, and shows it without the secret', async () => {
    const api = await startApi({ clock, seed });
    const changed = await api.call('PATCH', TOKEN, {
      json: { name: 'new', ttl: 3600, cidrs: ['203.0.113.7', '10.0.0.0/8'] },
    });
    expect(changed).toMatchObject({
      status: 200,
      body: {
        name: 'new',
        token: null,
        created_at: '2026-01-05T08:00:00.000Z',
        updated_at: '2026-05-01T10:00:00.000Z',
        expires_at: '2026-05-01T11:00:00.000Z',
        cidrs: ['203.0.113.7/32', '10.0.0.0/8'],
      },
    });
    expect(await api.call('PATCH', TOKEN, { json: { ttl: null } })).toMatchObject({
      body: { name: 'new', expires_at: null, cidrs: ['203.0.113.7/32', '10.0.0.0/8'] },
    });
    expect(await api.call('PATCH', TOKEN, { json: { name: null, cidrs: [] } })).toMatchObject({
      body: { name: null, cidrs: [] },
    });
    expect((await api.call('PATCH', `${TOKENS}/nope`, { json: {} })).status).toBe(404);
  });

  test.each([
    [{ ttl: 0 }],
    [{ ttl: 31_536_001 }],
    [{ ttl: '60' }],
    [{ name: 'x'.repeat(256) }],
    [{ cidrs: ['0.0.0.0/0'] }],
    [{ cidrs: ['::1'] }],
    [{ cidrs: ['203.0.113.7/33'] }],
    [{ cidrs: ['example.com'] }],
    [{ cidrs: Array.from({ length: 11 }, (_, index) => `10.0.0.${index}`) }],
  ])('refuses %j, and changes nothing', async (json) => {
    const api = await startApi({ clock, seed });
    const before = api.emulator.snapshot().service_tokens;
    expect(await api.call('PATCH', TOKEN, { json: { name: 'other', ...json } })).toMatchObject({
      status: 422,
    });
    expect(api.emulator.snapshot().service_tokens).toEqual(before);
  });

  test('needs what creating needs', async () => {
    const api = await startApi({ seed });
    const reader = await api.tokenWith({ database: '', access: ['read_service_tokens'] });
    expect((await api.call('PATCH', TOKEN, { as: reader.as, json: { name: 'x' } })).status).toBe(403);
    const writer = await api.tokenWith({ database: '', access: ['write_service_tokens'] });
    expect((await api.call('PATCH', TOKEN, { as: writer.as, json: { name: 'x' } })).status).toBe(200);
  });

  test('is refused with a restricted token from another address, which is no use of it', async () => {
    const api = await startApi({ seed });
    const locked = await api.call('GET', TOKENS, { as: 'tok000000002:pscale_tkn_locked' });
    expect(locked.status).toBe(403);
    const organizations = await api.call('GET', '/organizations', { as: 'tok000000003:pscale_tkn_near' });
    expect(organizations.status).toBe(200);
    expect((await api.call('GET', TOKENS)).body).toMatchObject({
      data: [
        { last_used_ip: null, cidrs: [] },
        { last_used_at: null, last_used_ip: null, cidrs: ['203.0.113.7/32', '198.51.100.0/24'] },
        { last_used_ip: '127.0.0.1', last_used_location: null, last_used_asn: null },
      ],
    });
  });

  test('does not exist in August, and restrictions neither', async () => {
    const api = await startApi({ seed, edition: '2026-08' });
    expect((await api.call('PATCH', TOKEN, { json: { name: 'x' } })).status).toBe(404);
    const created = await api.call('POST', TOKENS, { json: { cidrs: ['10.0.0.0/8'] } });
    expect(created.status).toBe(200);
    const text = `${created.text}${(await api.call('GET', TOKENS)).text}${(await api.call('GET', TOKEN)).text}`;
    expect(text).not.toMatch(/cidrs|last_used_ip|asn/);
  });

  test('can be told to ignore fields, and to answer otherwise', async () => {
    const api = await startApi({
      seed,
      ignores: ['PATCH name', 'POST cidrs'],
      reshape: (body, { method }) => (method === 'GET' ? { reshaped: body } : body),
    });
    const changed = await api.call('PATCH', TOKEN, { json: { name: 'x', cidrs: ['10.0.0.0/8'] } });
    expect(changed.body).toMatchObject({ name: 'ci', cidrs: ['10.0.0.0/8'] });
    expect((await api.call('POST', TOKENS, { json: { cidrs: ['10.0.0.0/8'] } })).body).toMatchObject({
      cidrs: [],
    });
    expect((await api.call('GET', TOKEN, { isDocumented: false })).body).toMatchObject({
      reshaped: { id: 'tok000000001' },
    });
  });
});
