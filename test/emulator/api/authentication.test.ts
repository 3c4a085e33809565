import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { createdToken, DATABASES, startApi, TOKENS } from '../support/api.ts';

const UNAUTHORIZED = { status: 401, body: { code: 'unauthorized', message: 'Unauthorized' } };

test('the administrator gets in as a service token and as a user', async () => {
  const api = await startApi();
  const { serviceTokenId, serviceToken, userToken } = api.emulator.administrator;
  expect(await api.call('GET', TOKENS, { as: `${serviceTokenId}:${serviceToken}` })).toMatchObject({
    status: 200,
  });
  expect(await api.call('GET', TOKENS, { as: `Bearer ${userToken}` })).toMatchObject({ status: 200 });
});

test('its credentials are the documented ones', async () => {
  const api = await startApi();
  expect(api.emulator.administrator).toEqual({
    serviceTokenId: 'emulatoradm1',
    serviceToken: 'pscale_tkn_emulator_administrator',
    userToken: 'pscale_oauth_emulator_administrator',
  });
});

test('a user of the seed gets in', async () => {
  const api = await startApi({ seed: { users: [{ name: 'Kim', token: 'pscale_oauth_kim' }] } });
  const created = await api.call('POST', TOKENS, { as: 'Bearer pscale_oauth_kim' });
  expect(created).toMatchObject({ status: 200, body: { actor_display_name: 'Kim', actor_type: 'User' } });
});

describe('refused with 401', () => {
  test.each([
    ['no credential', null],
    ['an unknown id', 'nope:pscale_tkn_emulator_administrator'],
    ['a wrong secret', 'emulatoradm1:pscale_tkn_emulator_administratox'],
    ['a secret that is only begun', 'emulatoradm1:pscale_tkn_emulator'],
    ['no secret', 'emulatoradm1:'],
    ['the pair swapped', 'pscale_tkn_emulator_administrator:emulatoradm1'],
    ['a secret alone', 'pscale_tkn_emulator_administrator'],
    ['a scheme word that does not belong there', 'Token emulatoradm1:pscale_tkn_emulator_administrator'],
    ['a seeded token that has no secret', 'mute:'],
  ])('%s', async (_, as) => {
    const api = await startApi({ seed: { tokens: [{ id: 'mute' }] } });
    expect(await api.call('GET', TOKENS, { as })).toMatchObject(UNAUTHORIZED);
  });

  test('a wrong user token, in the form that user tokens are refused in', async () => {
    const api = await startApi();
    expect(await api.call('GET', TOKENS, { as: 'Bearer wrong' })).toMatchObject({
      status: 401,
      body: {
        error: 'invalid_token',
        error_description: 'The access token is invalid',
        state: 'unauthorized',
      },
    });
  });

  test('a deleted token, at once', async () => {
    const api = await startApi();
    const { id, as } = await api.tokenWith();
    expect(await api.call('GET', '/organizations', { as })).toMatchObject({ status: 200 });
    await api.call('DELETE', `${TOKENS}/${id}`);
    expect(await api.call('GET', '/organizations', { as })).toMatchObject(UNAUTHORIZED);
  });

  test('a token whose time is over, to the millisecond', async () => {
    let now = Date.parse('2026-05-01T10:00:00.000Z');
    const api = await startApi({ clock: { now: () => now } });
    const created = await api.call('POST', TOKENS, { json: { ttl: 3600 } });
    expect(created.body).toMatchObject({ expires_at: '2026-05-01T11:00:00.000Z' });
    const { id, token } = createdToken.parse(created.body);
    now += 3_599_999;
    expect(await api.call('GET', DATABASES, { as: `${id}:${token}` })).toMatchObject({ status: 200 });
    now += 1;
    expect(await api.call('GET', DATABASES, { as: `${id}:${token}` })).toMatchObject(UNAUTHORIZED);
    // It is still listed: it can be looked up and deleted.
    expect(await api.call('GET', `${TOKENS}/${id}`)).toMatchObject({ status: 200 });
  });
});

describe('last_used_at', () => {
  const shape = z.object({ last_used_at: z.nullable(z.string()) });

  test('is null until the first request, then the time of the latest', async () => {
    let now = Date.parse('2026-05-01T10:00:00.000Z');
    const api = await startApi({ clock: { now: () => now } });
    const { id, as } = await api.tokenWith();
    const lastUse = async () => shape.parse((await api.call('GET', `${TOKENS}/${id}`)).body).last_used_at;
    expect(await lastUse()).toBeNull();
    now += 1_000;
    await api.call('GET', '/organizations', { as });
    expect(await lastUse()).toBe('2026-05-01T10:00:01.000Z');
    now += 1_000;
    await api.call('GET', TOKENS, { as });
    expect(await lastUse()).toBe('2026-05-01T10:00:02.000Z');
  });

  test('is not touched by a wrong secret', async () => {
    const api = await startApi();
    const { id } = await api.tokenWith();
    await api.call('GET', '/organizations', { as: `${id}:wrong` });
    expect((await api.call('GET', `${TOKENS}/${id}`)).body).toMatchObject({ last_used_at: null });
  });
});

test('the administrator is not listed and cannot be deleted', async () => {
  const api = await startApi();
  const { serviceTokenId } = api.emulator.administrator;
  expect((await api.call('GET', TOKENS)).body).toMatchObject({ total_count: 0 });
  expect(await api.call('DELETE', `${TOKENS}/${serviceTokenId}`)).toMatchObject({ status: 404 });
});
