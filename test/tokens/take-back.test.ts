import { getEventListeners } from 'node:events';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { Failure, Interrupted } from '../../src/text/errors.ts';
import { plain, text } from '../../src/text/text.ts';
import { takeBack, undone } from '../../src/tokens/take-back.ts';
import { systemClock } from '../../src/values/clock.ts';
import {
  type Answer,
  body,
  brokenConnection,
  createTestOrganization,
  everythingIn,
  interceptApi,
  isPending,
  json,
  listOf,
  noAnswer,
  status,
  tokenRow,
} from '../support/api.ts';
import { FakeClock } from '../support/fake-clock.ts';

const api = interceptApi();

const DELETE = 'DELETE /v1/organizations/acme/service-tokens/k3j9x0q2m7ab';
const still = new AbortController().signal;

function takingBack(clock = new FakeClock(), insistence = still): Promise<boolean> {
  return takeBack(createTestOrganization({ clock }), 'k3j9x0q2m7ab', clock, insistence);
}

describe('a token that is taken back', () => {
  test('is gone when the API says so', async () => {
    api().answers(status(204));
    expect(await takingBack()).toBe(true);
    expect(api().log).toEqual([DELETE]);
  });

  test('is asked for again after a passing trouble', async () => {
    api().answers(brokenConnection, status(503), status(204));
    expect(await takingBack()).toBe(true);
    expect(api().log).toEqual([DELETE, DELETE, DELETE]);
  });

  test('is gone when a second try does not find it and the list no longer shows it', async () => {
    api().answers(brokenConnection, status(404), json(listOf({ ...tokenRow, id: 'another00000' })));
    expect(await takingBack()).toBe(true);
  });

  test.each<[string, Answer]>([
    ['the API broke', status(500)],
    ['a page for people answered', body('<html>')],
  ])('is gone when %s, and the list no longer shows it', async (_, answer) => {
    api().answers(answer, json(listOf({ ...tokenRow, id: 'another00000' })));
    expect(await takingBack()).toBe(true);
  });

  test.each<[string, Answer[]]>([
    ['the API refuses', [json({ message: 'No' }, 403)]],
    ['it is not found, which a missing access looks like as well', [status(404)]],
    [
      'it is not found after a lost answer, and still listed',
      [brokenConnection, status(404), json(listOf(tokenRow))],
    ],
    ['the API is broken, and still lists it', [status(500), json(listOf(tokenRow))]],
    ['the API is broken, and the list as well', [status(500), status(500)]],
    ['a page for people answers, and the list still shows it', [body('<html>'), json(listOf(tokenRow))]],
    ['the API stays out of reach', Array.from({ length: 8 }, () => brokenConnection)],
    ['it asks for a longer wait than there is time for', [status(429, { 'retry-after': '60' })]],
  ])('is not gone for sure when %s', async (_, answers) => {
    api().answers(...answers);
    expect(await takingBack()).toBe(false);
    expect(api().requests).toHaveLength(answers.length);
  });

  test('is waited for five seconds, tries and waits between them all in all', async () => {
    const clock = new FakeClock({ held: true });
    api().answers(status(503), noAnswer);
    const asleep = clock.nextSleep();
    const work = takingBack(clock);
    await asleep;
    clock.advance(1_000);
    await api().received(2);
    clock.advance(3_999);
    expect(await isPending(work)).toBe(true);
    clock.advance(1);
    expect(await work).toBe(false);
  });

  test('is waited for although the command has been interrupted', async () => {
    const interruption = new AbortController();
    interruption.abort(new Interrupted('SIGINT'));
    api().answers(status(204));
    const organization = createTestOrganization({ signal: interruption.signal });
    expect(await takeBack(organization, 'k3j9x0q2m7ab', new FakeClock(), still)).toBe(true);
  });

  test('is not waited for once the user insists', async () => {
    const insistence = new AbortController();
    api().answers(noAnswer);
    const work = takingBack(new FakeClock(), insistence.signal);
    await api().received(1);
    insistence.abort(new Interrupted('SIGINT'));
    expect(await work).toBe(false);
    expect(await takingBack(new FakeClock(), insistence.signal)).toBe(false);
    expect(api().log).toEqual([DELETE]);
  });

  test('leaves nothing on the signal it was given', async () => {
    const { signal } = new AbortController();
    api().answers(status(204), status(403));
    await takingBack(new FakeClock(), signal);
    await takingBack(new FakeClock(), signal);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  test('is not waited for any longer because memory was tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const collectGarbage: unknown = runInNewContext('gc');
    if (typeof collectGarbage !== 'function') throw new Error('garbage cannot be collected');
    api().always(noAnswer);
    // The real timers, five seconds of which last a twentieth of one.
    const clock = { ...systemClock, timeout: (ms: number) => systemClock.timeout(ms / 100) };
    const organization = createTestOrganization({ timeout: 600_000 });
    const work = takeBack(organization, 'k3j9x0q2m7ab', clock, still);
    await api().received(1);
    const tidying = setInterval(() => collectGarbage(), 5);
    const tooLong = new Promise((resolve) => setTimeout(resolve, 1_000, 'still waiting'));
    expect(await Promise.race([work, tooLong])).toBe(false);
    clearInterval(tidying);
  });
});

describe('the failure of what a token was made for', () => {
  const about = { organization: 'acme', tokenId: 'k3j9x0q2m7ab' };
  const doing = text`granting read_branch on database shop`;
  const DELETE_IT = 'pscale-service-token delete k3j9x0q2m7ab --org acme --force';
  const told = (failure: Failure) => ({
    code: failure.code,
    hint: failure.hint && plain(failure.hint),
    nextSteps: failure.nextSteps,
  });

  test('is a failed command where its reason is a defect, which is kept', () => {
    const defect = new TypeError('x is not a function');
    const failure = undone(defect, doing, { ...about, gone: true });
    expect(failure.message).toContain('unexpected error: TypeError: x is not a function');
    expect(failure.code).toBe('COMMAND_FAILED');
    expect(everythingIn(failure)).toContain(defect.stack ?? '');
  });

  test('keeps the hint of its reason, and adds how to delete what is left', () => {
    const reason = new Failure('FORBIDDEN', text`no`, { hint: text`Ask for it.`, nextSteps: ['ask'] });
    expect(told(undone(reason, doing, { ...about, gone: true }))).toEqual({
      code: 'FORBIDDEN',
      hint: 'Ask for it.',
      nextSteps: ['ask'],
    });
    expect(told(undone(reason, doing, { ...about, gone: false }))).toEqual({
      code: 'FORBIDDEN',
      hint: `Ask for it.\nDelete it with: ${DELETE_IT}`,
      nextSteps: [DELETE_IT],
    });
    expect(told(undone(new Failure('FORBIDDEN', text`no`), doing, { ...about, gone: true }))).toEqual({
      code: 'FORBIDDEN',
      hint: undefined,
      nextSteps: undefined,
    });
  });

  test('is a failed command where credentials were refused: something was done by then', () => {
    const reason = new Failure('AUTH_INVALID', text`refused`, { hint: text`Sign in.` });
    const failure = undone(reason, doing, { ...about, gone: false });
    expect(told(failure)).toEqual({
      code: 'COMMAND_FAILED',
      hint: `Sign in.\nDelete it with: ${DELETE_IT}`,
      nextSteps: [DELETE_IT],
    });
    expect(failure.cause).toBe(reason);
  });
});
