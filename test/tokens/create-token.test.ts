import { describe, expect, test } from 'vitest';
import { Client } from '../../src/api/client.ts';
import { organizationOf } from '../../src/api/organization.ts';
import type { Transport } from '../../src/api/transport.ts';
import { Failure, Interrupted } from '../../src/text/errors.ts';
import { plain, type Text } from '../../src/text/text.ts';
import { createToken } from '../../src/tokens/create-token.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  body,
  brokenConnection,
  createTestOrganization,
  deferred,
  everythingIn,
  failureOf,
  hintOf,
  interceptApi,
  isPending,
  json,
  laterAnswer,
  noAnswer,
  redirect,
  SERVICE_TOKEN,
  type Setup,
  status,
  createdToken as tokenThatStays,
} from '../support/api.ts';
import { FakeClock, untoldTime } from '../support/fake-clock.ts';

const api = interceptApi();

/** As it is answered where it was asked for with a ttl. */
const createdToken = { ...tokenThatStays, expires_at: '2026-05-01T10:01:00.000Z' };

const POST = 'POST /v1/organizations/acme/service-tokens';
const DELETE = 'DELETE /v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const LIST = 'pscale-service-token list --org acme';
const REMOVE = 'pscale-service-token delete <token-id> --org acme';
const REMOVE_IT = 'pscale-service-token delete k3j9x0q2m7ab --org acme --force';
const MAY_EXIST = /A token may have been created/;

/** A creation that is about to start; the clock stands still. */
function creation(setup: Setup = {}) {
  const clock = new FakeClock({ held: true });
  const interruption = createInterruption();
  const warnings: string[] = [];
  const warn = (warning: Text): void => void warnings.push(plain(warning));
  return {
    clock,
    interruption,
    warnings,
    start: (name = 'acme', cidrs: readonly string[] = []) => {
      const organization = createTestOrganization({ clock, signal: interruption.signal, ...setup }, name);
      return createToken({ name: 'ci', ttl: 60, cidrs }, organization, { clock, interruption, warn });
    },
  };
}

describe('a token', () => {
  test('is asked for once, and handed over with its secret', async () => {
    api().answers(json({ ...createdToken, type: 'ServiceToken' }));
    const { start, clock, warnings } = creation();
    expect(await start()).toEqual(createdToken);
    expect(api().log).toEqual([POST]);
    expect(api().requests[0]?.body).toBe('{"name":"ci","ttl":60}');
    expect([clock.slept, warnings]).toEqual([[], []]);
  });

  test('that is to be restricted is one only if the answer shows exactly that', async () => {
    api().answers(json({ ...createdToken, cidrs: ['10.0.0.0/8', '203.0.113.7/32'] }));
    await creation().start('acme', ['203.0.113.7/32', '10.0.0.0/8']);
    expect(api().log).toEqual([POST]);
    expect(api().requests[0]?.body).toContain('"cidrs":["203.0.113.7/32","10.0.0.0/8"]');
  });

  test.each([
    [undefined, 'no such field'],
    [null, 'none'],
    [[], 'none'],
    [['10.0.0.0/8', '0.0.0.0/1'], '10.0.0.0/8, 0.0.0.0/1'],
  ])('that is not restricted as asked is rolled back: the answer shows %j', async (cidrs, shown) => {
    api().answers(json({ ...createdToken, cidrs }), status(204));
    const failure = await failureOf(creation().start('acme', ['10.0.0.0/8']));
    expect([failure.code, failure.message]).toEqual([
      'INVALID_RESPONSE',
      expect.stringMatching(new RegExp(`received ${shown}\n.*rolled back`, 's')),
    ]);
    expect(api().log).toEqual([POST, DELETE]);
  });

  test('for which no restriction was asked is one, whatever the API restricts it to', async () => {
    api().answers(json({ ...createdToken, cidrs: ['203.0.113.0/24'] }));
    expect(await creation().start()).toMatchObject({ id: createdToken.id });
    expect(api().log).toEqual([POST]);
  });

  test('that is not restricted as asked, and cannot be rolled back, is named with its deletion', async () => {
    api().answers(json(createdToken), status(403));
    const failure = await failureOf(creation().start('acme', ['10.0.0.0/8']));
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(hintOf(failure)).toContain(REMOVE_IT);
  });

  test('that was handed over is nothing that a later signal could take back', async () => {
    api().answers(json(createdToken));
    const { start, interruption, clock, warnings } = creation();
    await start();
    interruption.interrupt('SIGINT');
    interruption.interrupt('SIGINT');
    expect([clock.slept, warnings, api().log]).toEqual([[], [], [POST]]);
  });
});

describe('a creation that fails is never sent again', () => {
  const mayHaveMadeOne: [string, string, Answer][] = [
    ['a lost connection', 'NETWORK_ERROR', brokenConnection],
    ['status 500', 'API_ERROR', json({ message: 'Oops' }, 500)],
    ['status 502', 'API_ERROR', body('<html>Bad gateway</html>', 502)],
    ['status 503', 'API_ERROR', status(503, { 'retry-after': '1' })],
    ['status 504', 'API_ERROR', status(504)],
    ['an answer that is not JSON', 'INVALID_RESPONSE', body('<html>Welcome</html>')],
    ['an empty answer', 'INVALID_RESPONSE', status(204)],
    ['an answer without anything known', 'INVALID_RESPONSE', json({ data: createdToken })],
    ['a redirect', 'INVALID_RESPONSE', redirect('/elsewhere')],
  ];

  test.each(mayHaveMadeOne)(
    '%s: says that a token may exist, and how to find out',
    async (_, code, answer) => {
      api().always(answer);
      const { start, clock } = creation();
      const failure = await failureOf(start());
      expect(failure.code).toBe(code);
      expect(failure.message).toMatch(MAY_EXIST);
      expect(hintOf(failure)).toContain(LIST);
      expect(hintOf(failure)).toContain(REMOVE);
      expect(api().log).toEqual([POST]);
      expect(clock.slept).toEqual([]);
    },
  );

  // Whoever only "retries", as is the usual advice for these codes, makes a second token.
  test.each(mayHaveMadeOne)('%s: looking is the next step, not trying again', async (_, __, answer) => {
    api().always(answer);
    const failure = await failureOf(creation().start());
    expect(failure.nextSteps).toEqual([LIST, REMOVE]);
  });

  test('an answer that does not come in time: says that a token may exist', async () => {
    api().always(noAnswer);
    const { start, clock } = creation({ timeout: 30_000 });
    const work = failureOf(start());
    await api().received(1);
    clock.advance(30_000);
    const failure = await work;
    expect(failure.code).toBe('TIMEOUT');
    expect(failure.message).toContain('no answer from api.example.test within 30 s');
    expect(failure.message).toMatch(MAY_EXIST);
    expect(hintOf(failure)).toContain(LIST);
    expect(failure.nextSteps).toEqual([LIST, REMOVE]);
    expect(api().log).toEqual([POST]);
  });

  test.each([
    ['status 500', json({ message: 'Oops' }, 500), 'Oops'],
    ['a redirect', redirect('/elsewhere'), '/elsewhere'],
    ['a lost connection', brokenConnection, 'could not reach'],
  ])('%s: says also what happened', async (_, answer, what) => {
    api().always(answer);
    expect((await failureOf(creation().start())).message).toContain(what);
  });

  test('the commands to look with hold whatever organization there is as one word', async () => {
    api().always(brokenConnection);
    const failure = await failureOf(creation().start("a'c&me"));
    expect(hintOf(failure)).toContain(`pscale-service-token list --org 'a'\\''c&me'`);
  });

  test.each([400, 401, 403, 404, 409, 422, 429])(
    'status %i: a refusal made no token, and none is spoken of',
    async (code) => {
      api().always(json({ message: 'No' }, code, { 'retry-after': '1' }));
      const { start, clock } = creation();
      const failure = await failureOf(start());
      expect(everythingIn(failure)).not.toMatch(MAY_EXIST);
      expect(api().log).toEqual([POST]);
      expect(clock.slept).toEqual([]);
    },
  );

  test.each(['ECONNREFUSED', 'ENOTFOUND', 'CERT_HAS_EXPIRED'])(
    '%s: a connection that was never made has made no token',
    async (code) => {
      let requests = 0;
      const refused = creation({
        send: () => {
          requests += 1;
          const cause = Object.assign(new Error(`connect ${code}`), { code });
          return Promise.reject(cause);
        },
      });
      const failure = await failureOf(refused.start());
      expect(failure.code).toBe('NETWORK_ERROR');
      expect(everythingIn(failure)).not.toMatch(MAY_EXIST);
      expect(requests).toBe(1);
    },
  );

  test('a name that cannot be sent made no token', async () => {
    const failure = await failureOf(creation().start('..'));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(everythingIn(failure)).not.toMatch(MAY_EXIST);
    expect(api().log).toEqual([]);
  });
});

/** The time of the answer that creates a token of the fixtures. */
const JUST_NOW = { date: new Date(createdToken.created_at).toUTCString() };

describe('an expiry that was asked for, and is not in the answer', () => {
  test.each<[string, Record<string, unknown>]>([
    ['none', { expires_at: null }],
    ['no such field', { expires_at: undefined }],
    ['one that is no time', { expires_at: 'tomorrow' }],
  ])('%s: the token is taken back', async (_, fields) => {
    api().answers(json({ ...createdToken, ...fields }), status(204));
    const failure = await failureOf(creation().start());
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toBe(
      'the API did not confirm the expiry of the new token: sent 60 s, received none\ntoken k3j9x0q2m7ab was created and then rolled back',
    );
    expect(api().log).toEqual([POST, DELETE]);
  });
});

describe('an answer that cannot be used although a token was made', () => {
  const unusable: [string, Record<string, unknown>][] = [
    ['without its secret', { ...createdToken, token: undefined }],
    ['with a secret of null', { ...createdToken, token: null }],
    ['with an empty secret', { ...createdToken, token: '' }],
    ['with a secret of another kind', { ...createdToken, token: { plaintext: 'x' } }],
  ];

  test.each(unusable)('%s: the token is taken back', async (_, answer) => {
    api().answers(json(answer, 200, JUST_NOW), status(204));
    const failure = await failureOf(creation().start());
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(failure.message).toContain('token k3j9x0q2m7ab was created and then rolled back');
    expect(failure.nextSteps).toEqual([]);
    expect(api().log).toEqual([POST, DELETE]);
  });

  test.each([
    ['is refused', json({ message: 'No' }, 403)],
    ['finds nothing there, which proves nothing', json({ message: 'Not Found' }, 404)],
    ['breaks', json({ message: 'Oops' }, 500)],
  ])('where taking it back %s, the token is named, and the command that deletes it', async (_, answer) => {
    api().answers(json({ ...createdToken, token: undefined }, 200, JUST_NOW), answer);
    const failure = await failureOf(creation().start());
    expect(failure.message).toContain(
      'token k3j9x0q2m7ab was created and may still exist, but its secret is lost',
    );
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(hintOf(failure)).toBe(`Delete it with: ${REMOVE_IT}`);
    expect(api().log.slice(0, 2)).toEqual([POST, DELETE]);
  });

  test.each([200, 201, 202, 203, 206])('with status %i and all it needs it is handed over', async (code) => {
    api().answers(json(createdToken, code));
    expect((await creation().start()).token).toBe(createdToken.token);
    expect(api().log).toEqual([POST]);
  });

  test('with an id that leads elsewhere nothing is deleted', async () => {
    api().answers(json({ ...createdToken, id: '../databases/shop', token: undefined }, 200, JUST_NOW));
    const failure = await failureOf(creation().start());
    expect(failure.message).toContain('../databases/shop');
    expect(api().log).toEqual([POST]);
  });
});

describe('the secret is in nothing that a failure could show', () => {
  const secret = '5ecre7f00ba75ecre7f00ba75ecre7f00ba75ecr';
  const whole = JSON.stringify({ ...createdToken, token: secret });

  test.each<[string, Answer]>([
    ['an answer without an id', json({ ...createdToken, token: secret, id: undefined })],
    ['an answer in an envelope', json({ data: { ...createdToken, token: secret } })],
    ['an answer in a list', json([{ ...createdToken, token: secret }])],
    ['an answer that was cut short', body(whole.slice(0, -2))],
    ['an answer with something before it', body(`\ufeff)]}'\n${whole}`)],
    ['an answer as a form', body(`id=k3j9x0q2m7ab&token=${secret}`)],
    ['the secret by itself', body(secret)],
    ['a secret where another field should be', json({ ...createdToken, token: null, expires_at: secret })],
  ])('%s', async (_, answer) => {
    api().answers(answer);
    // Taking the token back fails as well, so that as much as possible has to be told.
    api().always(status(500));
    const failure = await failureOf(creation().start());
    expect(failure.code).toBe('INVALID_RESPONSE');
    expect(everythingIn(failure).includes(secret)).toBe(false);
  });

  test('nor is it in what an interruption says', async () => {
    const { answer, release } = laterAnswer(body(whole));
    api().answers(answer, status(500));
    const { start, interruption } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    expect(everythingIn(await work).includes(secret)).toBe(false);
  });
});

describe('a first signal while a token is being made', () => {
  test('waits for the answer and takes the token back', async () => {
    const { answer, release } = laterAnswer(json(createdToken));
    api().answers(answer, status(204));
    const { start, interruption, clock, warnings } = creation();
    const work = start();
    await api().received(1);
    interruption.interrupt('SIGTERM');
    expect(await isPending(work)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('Waiting')]);
    release();
    const failure = await failureOf(work);
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure instanceof Interrupted && failure.signal).toBe('SIGTERM');
    expect(failure.message).toBe(
      'interrupted by SIGTERM\ntoken k3j9x0q2m7ab was created and then rolled back',
    );
    expect(failure.nextSteps).toEqual([]);
    expect(api().log).toEqual([POST, DELETE]);
    expect(clock.sleeping).toBe(0);
  });

  test('names the token where it cannot be taken back', async () => {
    const { answer, release } = laterAnswer(json(createdToken));
    api().answers(answer, json({ message: 'No' }, 403));
    const { start, interruption } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    const failure = await work;
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.message).toContain(
      'token k3j9x0q2m7ab was created and may still exist, but its secret is lost',
    );
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(hintOf(failure)).toBe(`Delete it with: ${REMOVE_IT}`);
  });

  test('names the token where taking it back takes longer than five seconds', async () => {
    const { answer, release } = laterAnswer(json(createdToken));
    api().answers(answer, noAnswer);
    const { start, interruption, clock } = creation();
    const work = start();
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    await api().received(2);
    clock.advance(4_999);
    expect(await isPending(work)).toBe(true);
    clock.advance(1);
    const failure = await failureOf(work);
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(hintOf(failure)).toBe(`Delete it with: ${REMOVE_IT}`);
    expect(api().log).toEqual([POST, DELETE]);
  });

  test('waits five seconds and no longer, then says that a token may exist', async () => {
    api().always(noAnswer);
    const { start, interruption, clock } = creation();
    const work = start();
    await api().received(1);
    interruption.interrupt('SIGINT');
    clock.advance(4_999);
    expect(await isPending(work)).toBe(true);
    clock.advance(1);
    const failure = await failureOf(work);
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.message).toBe('interrupted by SIGINT\nA token may have been created.');
    expect(hintOf(failure)).toContain(LIST);
    expect(failure.nextSteps).toEqual([LIST, REMOVE]);
    expect(api().log).toEqual([POST]);
    expect(clock.sleeping).toBe(0);
  });

  test('takes back what an unusable answer has made', async () => {
    const { answer, release } = laterAnswer(json({ ...createdToken, token: undefined }, 200, JUST_NOW));
    api().answers(answer, status(204));
    const { start, interruption } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    expect((await work).message).toContain('was created and then rolled back');
    expect(api().log).toEqual([POST, DELETE]);
  });

  test.each<[string, Answer, boolean]>([
    ['a refusal made no token', json({ message: 'No' }, 422), false],
    ['a broken answer may have made one', json({ message: 'Oops' }, 500), true],
    ['a lost answer may have made one', brokenConnection, true],
  ])('tells the truth about the answer that comes: %s', async (_, late, mayExist) => {
    const { answer, release } = laterAnswer(late);
    api().answers(answer);
    const { start, interruption, clock } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    const failure = await work;
    expect(MAY_EXIST.test(failure.message)).toBe(mayExist);
    // It ends as the signal asks, and says what else went wrong, and what to do about that.
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.message).toMatch(/^interrupted by SIGINT\n./);
    expect(failure.cause).toBeInstanceOf(Failure);
    if (mayExist)
      expect([hintOf(failure), failure.nextSteps?.[0]]).toEqual([expect.stringContaining(LIST), LIST]);
    expect(api().log).toEqual([POST]);
    expect(clock.sleeping).toBe(0);
  });
});

describe('a first signal before the request has reached anybody', () => {
  /** A creation whose connection stands when the test says so. */
  function connecting() {
    const connected = deferred();
    const { promise: started, resolve: start } = deferred();
    const clock = new FakeClock({ held: true });
    const interruption = createInterruption();
    const warnings: string[] = [];
    const transport: Transport = async ({ signal, onConnected }) => {
      start();
      const aborted = new Promise<never>((_, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });
      await Promise.race([connected.promise, aborted]);
      onConnected?.();
      return aborted;
    };
    const origin = { credentials: SERVICE_TOKEN, organization: undefined };
    const client = new Client(transport, origin, interruption.signal, () => {}, untoldTime(clock));
    const warn = (warning: Text): void => void warnings.push(plain(warning));
    const work = createToken({}, organizationOf(client, 'acme'), { clock, interruption, warn });
    return { work, started, connected, clock, interruption, warnings };
  }

  test('ends at once, without a word of a token', async () => {
    const { work, started, interruption, warnings, clock } = connecting();
    await started;
    interruption.interrupt('SIGINT');
    const failure = await failureOf(work);
    expect(failure).toBe(interruption.cause());
    expect(failure.message).toBe('interrupted by SIGINT');
    expect([failure.hint, failure.nextSteps]).toEqual([undefined, undefined]);
    expect(warnings).toEqual([]);
    expect([clock.sleeping, clock.slept]).toEqual([0, []]);
  });

  test('waits, and then claims one, from the moment at which a connection stands', async () => {
    const { work, started, connected, interruption, warnings, clock } = connecting();
    await started;
    connected.resolve();
    await new Promise((resolve) => setImmediate(resolve));
    interruption.interrupt('SIGTERM');
    expect(await isPending(work)).toBe(true);
    expect(warnings).toEqual([expect.stringContaining('Waiting')]);
    clock.advance(5_000);
    expect((await failureOf(work)).message).toMatch(MAY_EXIST);
  });
});

describe('a second signal', () => {
  test('ends the wait for the answer at once, and says that a token may exist', async () => {
    api().always(noAnswer);
    const { start, interruption, clock } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    interruption.interrupt('SIGTERM');
    const failure = await work;
    expect(failure instanceof Interrupted && failure.signal).toBe('SIGINT');
    expect(failure.message).toContain('A token may have been created');
    expect(failure.nextSteps).toEqual([LIST, REMOVE]);
    expect(api().log).toEqual([POST]);
    expect(clock.sleeping).toBe(0);
  });

  test('ends the taking back at once, and names the token', async () => {
    const { answer, release } = laterAnswer(json(createdToken));
    api().answers(answer, noAnswer);
    const { start, interruption } = creation();
    const work = failureOf(start());
    await api().received(1);
    interruption.interrupt('SIGINT');
    release();
    await api().received(2);
    interruption.interrupt('SIGINT');
    const failure = await work;
    expect(failure).toBeInstanceOf(Interrupted);
    expect(failure.message).toContain(
      'token k3j9x0q2m7ab was created and may still exist, but its secret is lost',
    );
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(hintOf(failure)).toBe(`Delete it with: ${REMOVE_IT}`);
  });
});

test('a signal before the start lets nothing be sent', async () => {
  const { start, interruption, clock, warnings } = creation();
  interruption.interrupt('SIGHUP');
  const failure = await failureOf(start());
  expect(failure).toBe(interruption.cause());
  expect(failure instanceof Failure && failure.message).toBe('interrupted by SIGHUP');
  expect([api().log, clock.slept, warnings]).toEqual([[], [], []]);
});
