import { describe, expect, test } from 'vitest';
import { ApiFailure, LostAnswer } from '../../src/api/failures.ts';
import { Failure, Interrupted } from '../../src/text/errors.ts';
import { text } from '../../src/text/text.ts';
import { removeAccess } from '../../src/tokens/change-access.ts';
import {
  attemptDeletion,
  deleteForCertain,
  mayExist,
  stillThere,
} from '../../src/tokens/delete-for-certain.ts';
import { deleteToken } from '../../src/tokens/delete-token.ts';
import {
  type Answer,
  body,
  brokenConnection,
  createTestOrganization,
  failureOf,
  grantRow,
  hintOf,
  interceptApi,
  json,
  listOf,
  noAnswer,
  redirect,
  type Setup,
  status,
  tokenRow,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const DELETE = 'DELETE /v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const LIST = 'GET /v1/organizations/acme/service-tokens?per_page=100';

/** A token deleted through the real transport, with a look at the list of tokens. */
function deleting(setup: Setup = {}): Promise<void> {
  return deleteToken(createTestOrganization(setup), 'k3j9x0q2m7ab');
}

const notFound = json({ code: 'not_found', message: 'Not Found' }, 404);
const gone = json(listOf({ ...tokenRow, id: 'another00000' }));
const there = json(listOf(tokenRow));
const MAY_EXIST = 'token k3j9x0q2m7ab may still exist';
const lostFourTimes = Array.from({ length: 4 }, () => brokenConnection);

describe('a deletion', () => {
  test.each<[string, Answer]>([
    ['204', status(204)],
    ['200 with an empty body', status(200)],
    ['200 with JSON', json({ deleted: true })],
  ])('that the API confirms is done without a look: %s', async (_, answer) => {
    api().answers(answer);
    await deleting();
    expect(api().log).toEqual([DELETE]);
  });

  test('that the API confirms after a lost answer is done without a look', async () => {
    api().answers(brokenConnection, status(204));
    await deleting();
    expect(api().log).toEqual([DELETE, DELETE]);
  });

  test('that finds nothing the first time is NOT_FOUND, without a look', async () => {
    api().answers(notFound);
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('NOT_FOUND');
    expect(failure.message).toBe('token k3j9x0q2m7ab does not exist in organization acme');
    expect(api().log).toEqual([DELETE]);
  });

  test.each([400, 401, 403, 404, 409, 422])(
    'that is refused failed, without a look: status %i',
    async (code) => {
      api().answers(json({ message: 'No' }, code));
      const failure = await failureOf(deleting());
      expect(failure instanceof ApiFailure && failure.answer.status).toBe(code);
      expect(api().log).toEqual([DELETE]);
    },
  );

  test('that is refused for now, each time, failed without a look: nothing was done', async () => {
    api().always(json({ message: 'Slow down' }, 429));
    const failure = await failureOf(deleting());
    expect([failure.code, failure.message]).toEqual(['RATE_LIMITED', 'Slow down']);
    expect(api().log).toEqual([DELETE, DELETE, DELETE, DELETE]);
  });
});

/** The answers to one deletion that leave open whether it was carried out. */
const IN_DOUBT: [string, string, Answer[]][] = [
  ['a page for people', 'INVALID_RESPONSE', [body('<html>Welcome</html>', 200)]],
  ['an answer that was cut', 'INVALID_RESPONSE', [body('{"id": "k3j9')]],
  ['202, which promises it for later', 'INVALID_RESPONSE', [status(202)]],
  ['206', 'INVALID_RESPONSE', [json({}, 206)]],
  ['a redirect', 'INVALID_RESPONSE', [redirect('/elsewhere')]],
  ['status 500', 'API_ERROR', [json({ message: 'Oops' }, 500)]],
  ['status 501', 'API_ERROR', [status(501)]],
  ['status 503 four times', 'API_ERROR', Array.from({ length: 4 }, () => status(503))],
  ['no answer at all', 'NETWORK_ERROR', lostFourTimes],
  ['a lost answer, and then a refusal', 'FORBIDDEN', [brokenConnection, json({ message: 'No' }, 403)]],
  ['a lost answer, and then refused credentials', 'AUTH_INVALID', [status(502), status(401)]],
  ['a lost answer, and then refusals for now', 'RATE_LIMITED', [status(504), ...Array(3).fill(status(429))]],
  ['a lost answer, and then nothing there', 'NOT_FOUND', [brokenConnection, notFound]],
  ['three lost answers, and then nothing there', 'NOT_FOUND', [...lostFourTimes.slice(1), notFound]],
];

describe('a deletion that may have been carried out', () => {
  test.each(IN_DOUBT)('%s: is done where a look no longer shows it', async (_, __, answers) => {
    api().answers(...answers, gone);
    await deleting();
    expect(api().log).toEqual([...answers.map(() => DELETE), LIST]);
  });

  test.each(IN_DOUBT)('%s: failed where a look still shows it', async (_, code, answers) => {
    api().answers(...answers, there);
    const failure = await failureOf(deleting());
    expect(failure.code).toBe(code);
    expect(failure.message).not.toMatch(/may still exist|does not exist/);
    if (code === 'NOT_FOUND') {
      expect(failure.message).toBe('token k3j9x0q2m7ab still exists: the API answered its deletion with 404');
      expect(hintOf(failure)).toContain('delete_service_tokens');
    }
    expect(api().log.at(-1)).toBe(LIST);
  });

  test.each(IN_DOUBT)('%s: may have failed where the look fails', async (_, __, answers) => {
    api().answers(...answers, json({ message: 'Hands off' }, 403));
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain(MAY_EXIST);
    expect(failure.message).toContain('Hands off');
    expect(failure.message).not.toContain('does not exist');
    expect(hintOf(failure)).toContain('Check whether it is still there');
  });

  test.each<[string, Answer[]]>([
    ['finds no organization', [notFound]],
    ['breaks', [status(500)]],
    ['cannot be read', [json({ data: [{}] })]],
    ['gets no answer', lostFourTimes],
    // A token that moved behind the edge of a page would be taken for one that is gone.
    ['meets a list that does not hold still', Array(3).fill(json({ ...listOf(), total_count: 1 }))],
  ])('may have failed where the look %s', async (_, look) => {
    api().answers(brokenConnection, notFound, ...look);
    const failure = await failureOf(deleting());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain(MAY_EXIST);
  });

  test('is believed to be done only when every page has been looked at', async () => {
    api().answers(
      status(500),
      json({ ...listOf({ ...tokenRow, id: 'another00000' }), next_page: 2 }),
      json(listOf(tokenRow)),
    );
    expect((await failureOf(deleting())).code).toBe('API_ERROR');
  });

  test('in time: is looked after as any other', async () => {
    const clock = new FakeClock();
    api().always(({ method, ...rest }) =>
      method === 'GET' ? gone({ method, ...rest }) : new Promise(() => {}),
    );
    const work = deleting({ clock, timeout: 1_000 });
    for (let tries = 1; tries <= 4; tries += 1) {
      await api().received(tries);
      clock.advance(1_000);
    }
    await work;
    expect(api().log).toEqual([DELETE, DELETE, DELETE, DELETE, LIST]);
  });
});

describe('a deletion that is interrupted', () => {
  const reason = new Interrupted('SIGINT');

  test.each<[string, Answer[]]>([
    ['on its way', [noAnswer]],
    ['at a second try', [status(503), noAnswer]],
    ['during the look', [brokenConnection, notFound, noAnswer]],
  ])('%s says that the thing may still exist', async (_, answers) => {
    const interruption = new AbortController();
    api().answers(...answers);
    const work = failureOf(deleting({ signal: interruption.signal }));
    await api().received(answers.length);
    interruption.abort(reason);
    const failure = await work;
    expect(failure instanceof Interrupted && failure.signal).toBe('SIGINT');
    expect(failure.message).toBe(`interrupted by SIGINT\n${MAY_EXIST}`);
    expect(api().requests).toHaveLength(answers.length);
  });

  test('before a connection stands claims nothing, and is not looked after', async () => {
    let looks = 0;
    const work = deleteForCertain(
      text`token ${'a'}`,
      () => Promise.reject(reason),
      async () => {
        looks += 1;
        return true;
      },
    );
    await expect(work).rejects.toBe(reason);
    expect(looks).toBe(0);
  });
});

describe('what is known of a deletion by its answers', () => {
  const lost = (mayHaveArrived: boolean): LostAnswer =>
    new LostAnswer('NETWORK_ERROR', text`no`, { mayHaveArrived });

  test('that never got a connection is nothing', async () => {
    const failure = lost(false);
    expect(await attemptDeletion(() => Promise.reject(failure))).toEqual({ state: 'refused', failure });
  });

  test('that did not get one at its last try is what the tries before it left open', async () => {
    const failure = lost(false);
    const end = await attemptDeletion(async ({ onConnected, onDoubt }) => {
      onConnected?.();
      onDoubt?.();
      throw failure;
    });
    expect(end).toEqual({ state: 'in doubt', failure });
  });

  test('whose last try may have arrived is in doubt', async () => {
    const failure = lost(true);
    expect(await attemptDeletion(() => Promise.reject(failure))).toEqual({ state: 'in doubt', failure });
  });

  test('that failed by a defect is no end at all', async () => {
    await expect(attemptDeletion(() => Promise.reject(new TypeError('x')))).rejects.toThrow(TypeError);
  });
});

describe('every kind of deletion is looked after', () => {
  const ACCESS = 'DELETE /v1/organizations/acme/service-tokens/k3j9x0q2m7ab/access';
  const removing = (): Promise<void> =>
    removeAccess(createTestOrganization(), 'k3j9x0q2m7ab', { database: 'shop', access: ['read_branch'] });

  test('that of a permission, at what the token holds', async () => {
    api().answers(body('<html>'), json(listOf()));
    await removing();
    expect(api().log).toEqual([
      ACCESS,
      'GET /v1/organizations/acme/service-tokens/k3j9x0q2m7ab/grants?per_page=100',
    ]);
  });

  test('that of a permission which is still there', async () => {
    api().answers(status(500), json(listOf(grantRow)));
    expect((await failureOf(removing())).code).toBe('API_ERROR');
  });

  test('that of a permission of which nothing is known', async () => {
    api().answers(status(500), status(403));
    const failure = await failureOf(removing());
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain('permission read_branch of token k3j9x0q2m7ab may still exist');
  });
});

test('a failure to look that is a defect is told as one', async () => {
  const work = deleteForCertain(
    text`token ${'a'}`,
    () => Promise.reject(new Failure('INVALID_RESPONSE', text`no`)),
    () => Promise.reject(new TypeError('x')),
  );
  await expect(work).rejects.toThrow(TypeError);
});

test('an interrupted deletion that may have arrived is not looked after: whoever ended it does not wait', async () => {
  let looks = 0;
  const failure = await failureOf(
    deleteForCertain(
      text`token k3j9x0q2m7ab`,
      async ({ onConnected }) => {
        onConnected?.();
        throw new Interrupted('SIGINT');
      },
      async () => {
        looks += 1;
        return false;
      },
    ),
  );
  expect(failure).toBeInstanceOf(Interrupted);
  expect([failure.message.includes(MAY_EXIST), looks]).toEqual([true, 0]);
});

test('what a look still shows failed as the deletion did, but for a 404, which is no reason', () => {
  const what = text`token k3j9x0q2m7ab`;
  const forbidden = new Failure('FORBIDDEN', text`no`, { hint: text`Ask.`, nextSteps: ['ask'] });
  expect(stillThere(what, forbidden)).toBe(forbidden);
  expect(mayExist(what, forbidden)).toMatchObject({
    message: 'token k3j9x0q2m7ab may still exist: no',
    hint: forbidden.hint,
    nextSteps: ['ask'],
  });
  const missing = new Failure('NOT_FOUND', text`there is none`, { hint: text`Look.`, nextSteps: ['look'] });
  expect(stillThere(what, missing)).toMatchObject({
    message: 'token k3j9x0q2m7ab still exists: the API answered its deletion with 404',
    hint: missing.hint,
    nextSteps: ['look'],
  });
});
