import { describe, expect, test } from 'vitest';
import { Failure, Interrupted } from '../../src/text/errors.ts';
import { text } from '../../src/text/text.ts';
import { type IssueEvent, type IssueSteps, issueToken } from '../../src/tokens/issue-token.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import {
  type Answer,
  accessRow,
  brokenConnection,
  createdToken,
  createTestOrganization,
  everythingIn,
  failureOf,
  hintOf,
  interceptApi,
  json,
  laterAnswer,
  listOf,
  status,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { testWork } from '../support/work.ts';

const api = interceptApi();

const TOKENS = '/v1/organizations/acme/service-tokens';
const CREATE = `POST ${TOKENS}`;
const GRANT = `POST ${TOKENS}/k3j9x0q2m7ab/access`;
const DELETE = `DELETE ${TOKENS}/k3j9x0q2m7ab`;
const REMOVE_IT = 'pscale-service-token delete k3j9x0q2m7ab --org acme --force';
const DELETED = 'token k3j9x0q2m7ab was created and then rolled back';

const PLAN = {
  name: 'ci',
  ttl: 60,
  access: [
    { database: 'shop', access: ['read_branch', 'create_branch'] },
    { database: '', access: ['read_databases'] },
  ],
};
const onShop = [accessRow('read_branch', 'shop'), accessRow('create_branch', 'shop')];
const created = { ...createdToken, expires_at: '2026-05-01T10:01:00.000Z' };
const made = json(created);
const grantedOnShop = json(listOf(...onShop));
const grantedAll = json(listOf(...onShop, accessRow('read_databases')));

/** An issue that is about to start, and what its steps were told. */
function issue(steps: Partial<IssueSteps> = {}, plan = PLAN) {
  const clock = new FakeClock();
  const interruption = createInterruption();
  const organization = createTestOrganization({ clock, signal: interruption.signal });
  const log: string[] = [];
  const events: IssueEvent[] = [];
  const onEvent = (event: IssueEvent): void => void events.push(event);
  const work = testWork({ clock, interruption, onEvent });
  const recorded: IssueSteps = {
    ...steps,
    deliver: async (issued) => {
      log.push(`delivered ${issued.token.token}`);
      await steps.deliver?.(issued);
    },
  };
  return { interruption, log, events, start: () => issueToken(plan, organization, work, recorded) };
}

describe('a token that is issued', () => {
  test('is made, granted scope by scope, verified, and then handed over', async () => {
    api().answers(made, grantedOnShop, grantedAll);
    const { start, log, events } = issue({ verify: async () => void log.push('verified') });
    const { token, held } = await start();
    expect(token).toEqual(created);
    expect(held.map(({ access, resource }) => `${resource?.type} ${resource?.name} ${access}`)).toEqual([
      'Database shop read_branch',
      'Database shop create_branch',
      'Organization acme read_databases',
    ]);
    expect(api().log).toEqual([CREATE, GRANT, GRANT]);
    expect(api().requests.map(({ body }) => JSON.parse(body))).toEqual([
      { name: 'ci', ttl: 60 },
      ...PLAN.access,
    ]);
    expect(log).toEqual(['verified', `delivered ${createdToken.token}`]);
    expect(events).toEqual([
      { step: 'creating' },
      { step: 'created', tokenId: 'k3j9x0q2m7ab', expiresAt: created.expires_at },
      { step: 'granting', done: 0, total: 2 },
      { step: 'granting', done: 1, total: 2 },
      { step: 'verifying' },
      { step: 'settled' },
    ]);
  });

  test('holds what all answers told, whether each tells all or what is new', async () => {
    api().answers(made, grantedOnShop, json(listOf(accessRow('read_databases'))));
    const { held } = await issue().start();
    expect(held.map(({ access }) => access)).toEqual(['read_branch', 'create_branch', 'read_databases']);
  });

  test('without access is made and handed over', async () => {
    api().answers(made);
    const { start, log } = issue({}, { ...PLAN, access: [] });
    expect((await start()).held).toEqual([]);
    expect(api().log).toEqual([CREATE]);
    expect(log).toEqual([`delivered ${createdToken.token}`]);
  });

  test('is not taken back by what comes behind its hand-over', async () => {
    api().answers(made, grantedOnShop, grantedAll);
    const { start, interruption } = issue();
    await start();
    interruption.interrupt('SIGINT');
    expect(api().log).toEqual([CREATE, GRANT, GRANT]);
  });
});

describe('a grant that is not confirmed', () => {
  const nothing = json(listOf());

  test('keeps the token, which is handed over and named, and the others are made', async () => {
    api().answers(made, nothing, nothing, grantedAll);
    const { start, log } = issue();
    const { unconfirmed, held } = await start();
    expect(unconfirmed?.message).toContain('the grant of read_branch, create_branch on database shop');
    expect(unconfirmed?.message).toContain('Token k3j9x0q2m7ab was created and kept.');
    expect(held).toHaveLength(3);
    expect(log).toEqual([`delivered ${createdToken.token}`]);
    expect(api().log.filter((line) => line.startsWith('DELETE'))).toEqual([]);
  });

  test('takes a token back that needs all of them', async () => {
    api().answers(made, nothing, nothing, status(204));
    const { start, log } = issue({ needsGrants: true });
    const failure = await failureOf(start());
    expect(failure.message).toMatch(
      /^granting read_branch, create_branch on database shop failed: the grant /,
    );
    expect(failure.message).toContain(DELETED);
    expect(log).toEqual([]);
  });
});

describe('a grant that fails takes the token back, and is named', () => {
  test.each<[string, Answer, string]>([
    ['a refusal', json({ message: 'Forbidden' }, 403), 'FORBIDDEN'],
    ['a database that does not exist', status(404), 'NOT_FOUND'],
    ['a name that the API does not know', json({ message: 'Access x is not valid' }, 422), 'INVALID_REQUEST'],
    // The credentials worked a moment ago: this is no "log in and go on".
    ['credentials that are void by now', status(401), 'COMMAND_FAILED'],
  ])('%s', async (_, answer, code) => {
    api().answers(made, grantedOnShop, answer, status(204));
    const { start, log } = issue();
    const failure = await failureOf(start());
    expect(failure.code).toBe(code);
    expect(failure.message).toMatch(/^granting read_databases on the organization failed: /);
    expect(failure.message).toContain(DELETED);
    expect(api().log).toEqual([CREATE, GRANT, GRANT, DELETE]);
    expect(log).toEqual([]);
    expect(everythingIn(failure)).not.toContain(createdToken.token);
  });

  test('the first one ends it', async () => {
    api().answers(made, status(403), status(204));
    const failure = await failureOf(issue().start());
    expect(failure.message).toMatch(/^granting read_branch, create_branch on database shop failed: /);
    expect(api().log).toEqual([CREATE, GRANT, DELETE]);
  });

  test.each<[string, Answer[]]>([
    ['the API is broken', [status(500), json(listOf())]],
    ['the API is broken, and cannot be looked at', [status(500), status(403)]],
    ['the answer is lost, and cannot be looked after', [brokenConnection, status(403)]],
  ])('nobody is sent to look at a token that is gone, where %s', async (_, answers) => {
    api().answers(made, ...answers, status(204));
    const failure = await failureOf(issue().start());
    expect(failure.message).toContain(DELETED);
    expect(hintOf(failure)).not.toContain('show-access');
  });

  test('where the deletion fails as well, the token is named, and the command that deletes it', async () => {
    api().answers(made, status(403), status(403));
    const failure = await failureOf(issue().start());
    expect(failure.message).toContain(
      'token k3j9x0q2m7ab was created and may still exist, but its secret is lost',
    );
    expect(hintOf(failure)).toContain(`Delete it with: ${REMOVE_IT}`);
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
    expect(everythingIn(failure)).not.toContain(createdToken.token);
  });

  test('a lost answer is looked after, as usual', async () => {
    api().answers(made, brokenConnection, json(listOf(...onShop)), grantedAll);
    const { start, log } = issue();
    await start();
    expect(log).toHaveLength(1);
    expect(api().log).toEqual([CREATE, GRANT, `GET ${TOKENS}/k3j9x0q2m7ab/access?per_page=100`, GRANT]);
  });
});

describe('what is done with it may fail', () => {
  test('where it is verified: nothing is handed over', async () => {
    api().answers(made, grantedOnShop, grantedAll, status(204));
    const { start, log } = issue({
      verify: () => Promise.reject(new Failure('COMMAND_FAILED', text`it does not hold all`)),
    });
    const failure = await failureOf(start());
    expect(failure.message).toBe(`verifying the new token failed: it does not hold all\n${DELETED}`);
    expect(log).toEqual([]);
  });

  test('where it is handed over', async () => {
    api().answers(made, grantedOnShop, grantedAll, status(204));
    const failure = await failureOf(
      issue({ deliver: () => Promise.reject(new Failure('COMMAND_FAILED', text`the disk is full`)) }).start(),
    );
    expect(failure.message).toBe(`handing over the new token failed: the disk is full\n${DELETED}`);
  });

  test('a defect takes it back all the same', async () => {
    api().answers(made, grantedOnShop, grantedAll, status(204));
    const failure = await failureOf(
      issue({ deliver: () => Promise.reject(new TypeError('x is undefined')) }).start(),
    );
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(failure.message).toContain('unexpected error: TypeError: x is undefined');
    expect(failure.message).toContain(DELETED);
    expect(api().log.at(-1)).toBe(DELETE);
  });
});

describe('a signal', () => {
  test('while it is granted takes it back', async () => {
    const { answer, release } = laterAnswer(grantedOnShop);
    api().answers(made, answer, status(204));
    const { start, interruption, log } = issue();
    const work = failureOf(start());
    await api().received(2);
    interruption.interrupt('SIGTERM');
    release();
    const failure = await work;
    expect(failure instanceof Interrupted && failure.signal).toBe('SIGTERM');
    expect(failure.message).toBe(`interrupted by SIGTERM\n${DELETED}`);
    expect(api().log).toEqual([CREATE, GRANT, DELETE]);
    expect(log).toEqual([]);
  });

  test('between its last request and the hand-over takes it back', async () => {
    api().answers(made, grantedOnShop, grantedAll, status(204));
    const { start, interruption, log } = issue({ verify: async () => interruption.interrupt('SIGINT') });
    expect((await failureOf(start())).message).toBe(`interrupted by SIGINT\n${DELETED}`);
    expect(log).toEqual([]);
  });

  test('while it is handed over is too late: it is its user’s', async () => {
    api().answers(made, grantedOnShop, grantedAll);
    const { start, interruption } = issue({
      deliver: async () => {
        interruption.interrupt('SIGINT');
        return undefined;
      },
    });
    expect((await start()).token).toEqual(created);
    expect(api().log).toEqual([CREATE, GRANT, GRANT]);
  });

  test('and a second one while it is taken back ends at once, and the token is named', async () => {
    const { answer, release } = laterAnswer(status(204));
    api().answers(made, status(403), answer);
    const { start, interruption } = issue();
    const work = failureOf(start());
    await api().received(3);
    interruption.interrupt('SIGINT');
    interruption.interrupt('SIGINT');
    const failure = await work;
    release();
    expect(failure.nextSteps).toEqual([REMOVE_IT]);
  });
});
