import { ApiFailure } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { ServiceToken, UpdatedServiceToken } from '../api/schemas.ts';
import type { NewEnd } from '../flags/expiry.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';
import { isSameName, LONGEST_NAME, nameLength } from '../values/token-name.ts';
import { isGone } from './delete-token.ts';
import { goneAlready } from './retire-token.ts';
import { type MarkableToken, markedName, markOf, type RotationMark, readMark } from './rotation-mark.ts';
import { type TokenUpdate, UpdateUnsupported, updateToken } from './update-token.ts';
import type { Work } from './work.ts';

/** Milliseconds that the API lets a token live on at most, from when it is changed. */
export const YEAR = 31_536_000_000;

/** As long as any id of the API: what a marked name needs at most is known before there is a new token. */
const ANY_ID = 'x'.repeat(12);

/**
 * Refuses to rotate what is being replaced already.
 *
 * @param overlap milliseconds for which both are to work; undefined where the old one is deleted or kept
 * @throws Failure INVALID_USAGE; nothing has been made
 */
export async function refuseUnmarkable(
  token: ServiceToken,
  overlap: number | undefined,
  organization: Organization,
): Promise<void> {
  const { id } = token;
  // Only a name of that form costs a look at the others.
  if (readMark(token.name)) {
    const mark = markOf(token, await organization.tokens.list({ mustBeWhole: true }));
    if (mark) throw marked(id, mark, organization.name);
  }
  if (overlap === undefined) return;
  const before = token.expires_at === null ? undefined : 0;
  const name = token.name ?? '';
  const length = nameLength(markedName({ name, until: 0, before, replacedBy: ANY_ID }));
  if (length <= LONGEST_NAME) return;
  const most = LONGEST_NAME - (length - nameLength(name));
  throw new Failure(
    'INVALID_USAGE',
    text`the name of token ${id} is too long for --delete-old-after, which appends the expiry to it: ${unstyled(length)} characters, and at most ${unstyled(LONGEST_NAME)}`,
    {
      hint: text`Rotate it without --delete-old-after, keep it with --keep-old, or first rename it to at most ${unstyled(most)} characters: ${commandLine('update', id, '--name', '<name>', '--org', organization.name)}`,
    },
  );
}

function marked(id: string, { replacedBy, until }: RotationMark, organization: string): Failure {
  const undo = commandLine('rotate', id, '--undo', '--org', organization);
  return new Failure(
    'INVALID_USAGE',
    text`token ${id} was already replaced by ${replacedBy}, and works until ${new Date(until).toISOString()}`,
    {
      hint: text`Rotate ${replacedBy} instead, or keep the old one with: ${undo}`,
      nextSteps: [commandLine('rotate', replacedBy, '--org', organization), undo],
    },
  );
}

/** A token that another one has replaced. */
export interface ReplacedToken {
  /** As it was read before the other one was made. */
  readonly old: ServiceToken;
  readonly newId: string;
  /** Milliseconds for which both are to work. */
  readonly overlap: number;
}

export type MarkEnd =
  /** Both work until the end that the API shows. */
  | { readonly kind: 'marked'; readonly token: UpdatedServiceToken }
  /** The API cannot do it: nothing was changed. */
  | { readonly kind: 'unsupported'; readonly failure: UpdateUnsupported }
  /** Refused, or not known: both work. */
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * Gives a replaced token its end and its mark by one PATCH: from then on the overlap needs no process that
 * lives. Answers what went wrong instead of throwing it: the new token has been handed over.
 */
export async function markReplaced(
  { old: token, newId, overlap }: ReplacedToken,
  organization: Organization,
  { clock, interruption }: Pick<Work, 'clock' | 'interruption'>,
): Promise<MarkEnd> {
  const before = token.expires_at === null ? undefined : Date.parse(token.expires_at);
  const end = (await organization.now()) + overlap;
  const endsSooner = before !== undefined && before <= end;
  const until = endsSooner ? before : Math.floor(end / 1_000) * 1_000;
  const name = markedName({ name: token.name ?? '', until, before, replacedBy: newId });
  const change: TokenUpdate = { name, ...(!endsSooner && { end: { kind: 'at', time: end } }) };
  try {
    interruption.signal.throwIfAborted();
    return { kind: 'marked', token: await updateToken(organization, token.id, change, { clock }) };
  } catch (failure) {
    if (failure instanceof UpdateUnsupported) return { kind: 'unsupported', failure };
    if (!(failure instanceof Failure)) throw failure;
    if (failure.code === 'NOT_FOUND' && (await isGone(organization, token.id))) {
      return { kind: 'failed', failure: goneAlready({ oldId: token.id, newId }, organization.name) };
    }
    return { kind: 'failed', failure: notMarked(failure, token.id, newId, organization.name) };
  }
}

function notMarked(failure: Failure, oldId: string, newId: string, organization: string): Failure {
  const command = commandLine('delete', oldId, '--org', organization);
  const isRefused =
    failure instanceof ApiFailure || failure.code === 'NOT_FOUND' || failure.code === 'FORBIDDEN';
  const state = isRefused
    ? text`the new token ${newId} was delivered, but no expiry could be set on the old one, ${oldId}: both work`
    : text`the new token ${newId} was delivered, but it is not known whether the old one, ${oldId}, now expires: it may keep working`;
  const mend = text`When nothing uses the old one, delete it with: ${command}`;
  const details = {
    hint: failure.hint ? lines(failure.hint, mend) : mend,
    nextSteps: [command, ...(failure.nextSteps ?? []).filter((step) => step !== command)],
  };
  const message = lines(state, failure.text);
  if (failure instanceof Interrupted) return rephrased(failure, message, details);
  // The new one is there: what is left has been tried and failed.
  return new Failure(failure.code === 'AUTH_INVALID' ? 'COMMAND_FAILED' : failure.code, message, {
    ...details,
    cause: failure,
  });
}

/** A token that is marked as replaced, and what it is to be again. */
export interface Undoing {
  readonly id: string;
  readonly mark: RotationMark;
}

/** A token by its id, by a name that it has or had, or by either. */
export type MarkedReference =
  | { readonly kind: 'id'; readonly id: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'word'; readonly word: string };

/**
 * The one marked token that is meant: by its id, by its marked name, or by the name it had.
 *
 * @throws Failure NOT_FOUND; INVALID_USAGE where it is not marked, or several are
 */
export async function findMarked(reference: MarkedReference, organization: Organization): Promise<Undoing> {
  const tokens = await organization.tokens.list({ mustBeWhole: true });
  const all = tokens.flatMap((token) => {
    const mark = markOf(token, tokens);
    return mark ? [{ id: token.id, mark, token }] : [];
  });
  const meant = all.filter(
    ({ id, mark, token }) => id === idOf(reference) || isNamed(reference, mark.name, token.name),
  );
  const [found, ...others] = meant;
  if (found && others.length === 0) return found;
  if (found) {
    throw new Failure(
      'INVALID_USAGE',
      text`${unstyled(meant.length)} replaced tokens were named ${wordOf(reference)}`,
      {
        hint: lines(
          text`Use the ID of the one you mean:`,
          ...meant.map(
            ({ id, mark }) =>
              text`  ${id}  until ${new Date(mark.until).toISOString()}, replaced by ${mark.replacedBy}`,
          ),
        ),
        nextSteps: meant.map(({ id }) => commandLine('rotate', id, '--undo', '--org', organization.name)),
      },
    );
  }
  const unmarked = tokens.filter(({ id, name }) => id === idOf(reference) || isNamed(reference, name));
  const [ordinary] = unmarked;
  if (!ordinary) {
    throw new Failure(
      'NOT_FOUND',
      text`no replaced service token ${wordOf(reference)} exists in organization ${organization.name}`,
      { hint: text`Run list to see the service tokens.` },
    );
  }
  throw notMarkedToken(ordinary, organization.name);
}

/** Undefined where an id cannot be meant. */
function idOf(reference: MarkedReference): string | undefined {
  if (reference.kind === 'name') return undefined;
  return reference.kind === 'id' ? reference.id : reference.word;
}

/** Undefined where a name cannot be meant; null is no name at all. */
function nameOf(reference: MarkedReference): string | undefined {
  if (reference.kind === 'id') return undefined;
  return reference.kind === 'name' ? reference.name : reference.word;
}

function isNamed(reference: MarkedReference, ...names: readonly (string | null)[]): boolean {
  const name = nameOf(reference);
  return name !== undefined && names.some((one) => one !== null && isSameName(one, name));
}

function wordOf(reference: MarkedReference): Text {
  return text`${idOf(reference) ?? nameOf(reference) ?? ''}`;
}

/** A token that only looks like a marked one, or not even that. */
function notMarkedToken(token: MarkableToken, organization: string): Failure {
  const mark = readMark(token.name);
  const message = text`token ${token.id} was not replaced by a rotation`;
  if (!mark) return new Failure('INVALID_USAGE', message, { hint: text`There is nothing to undo.` });
  const mend = commandLine(
    'update',
    token.id,
    ...(mark.name === '' ? ['--no-name'] : ['--name', mark.name]),
    ...(mark.before === undefined ? ['--no-expiry'] : ['--expires-at', new Date(mark.before).toISOString()]),
    '--org',
    organization,
  );
  return new Failure('INVALID_USAGE', message, {
    hint: text`Its name says so, but its expiry or its replacement does not match. To restore what the name says: ${mend}`,
    nextSteps: [mend],
  });
}

export interface UndoneRotation {
  readonly token: UpdatedServiceToken;
  /** Whether the end it had is further away than the API takes: it got a year. */
  readonly isShortened: boolean;
}

/**
 * Gives a marked token its name and its end again, by one PATCH. Nothing is deleted: stores hold the secret of
 * the new one now.
 *
 * @throws Failure COMMAND_FAILED where it has stopped working; those of {@link updateToken}
 */
export async function undoRotation(
  { id, mark }: Undoing,
  organization: Organization,
  { clock }: Pick<Work, 'clock'>,
): Promise<UndoneRotation> {
  const token = await organization.tokens.get(id);
  const now = await organization.now();
  if (token.expires_at !== null && Date.parse(token.expires_at) <= now) {
    throw new Failure('COMMAND_FAILED', text`token ${id} stopped working at ${token.expires_at}`, {
      hint: text`An expired token cannot be restored. Use its replacement, ${mark.replacedBy}.`,
    });
  }
  const { before } = mark;
  const isShortened = before !== undefined && before > now + YEAR;
  const end = endAgain(before, mark.until, isShortened);
  const update: TokenUpdate = { name: mark.name === '' ? null : mark.name, ...(end && { end }) };
  return { token: await updateToken(organization, id, update, { clock }), isShortened };
}

function endAgain(before: number | undefined, until: number, isShortened: boolean): NewEnd | undefined {
  if (before === undefined) return { kind: 'never' };
  if (isShortened) return { kind: 'in', seconds: YEAR / 1_000 };
  // It had an end that came sooner than the overlap: that was never moved.
  return before <= until ? undefined : { kind: 'at', time: before };
}
