import type { Organization } from '../api/organization.ts';
import type { ServiceToken, UpdatedServiceToken } from '../api/schemas.ts';
import { command } from '../cli/command.ts';
import { DURATIONS, flagsTogether, switchFlag, valueFlag } from '../cli/declaration.ts';
import { type Outcome, showing, shownAlready } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import type { TokenView } from '../delivery/hand-over.ts';
import { type CopyChoices, type CopyFlags, deliverCopy, SAME_LIFETIME } from '../delivery/making.ts';
import { COPY_FLAGS } from '../flags/copy.ts';
import { expiryFlags } from '../flags/expiry.ts';
import { PLACE, type Place } from '../flags/place.ts';
import { OPTIONAL_TOKEN, refuseTokenInUse, SELF, type TokenReference } from '../flags/token.ts';
import { commandLine } from '../text/command-line.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text, toned, unstyled } from '../text/text.ts';
import { findMarked, markReplaced, refuseUnmarkable, undoRotation, YEAR } from '../tokens/mark-replaced.ts';
import { bothKept, type RetireEvent, retireToken } from '../tokens/retire-token.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { changeToken, resolveTokenId, type WaysOn } from '../tokens/token-lookup.ts';
import { type Contest, UNFINISHED_FOR, yieldToFirst } from '../tokens/yield-to-first.ts';
import { describeDuration, parseDuration } from '../values/duration.ts';
import { issuedTokenView, labelOf, tokenDetail } from '../views/tokens.ts';

type FateOfOld =
  | { readonly kind: 'kept' }
  | { readonly kind: 'deleted' }
  /** Given an end after so many milliseconds. */
  | { readonly kind: 'expiring'; readonly overlap: number }
  /** Made what it was before it was replaced. */
  | { readonly kind: 'restored' };

const OLD = { heading: 'Old token' };

/** The shortest overlap: less might pass while the old one is given its end. */
const MINUTE = 60_000;

const FATE_OF_OLD = flagsTogether(
  {
    keep: switchFlag('--keep-old', 'Do not delete the old one', OLD),
    after: valueFlag(
      '--delete-old-after <duration>',
      'Let it expire after this time, such as 24h',
      parseOverlap,
      { ...OLD, completes: DURATIONS },
    ),
    undo: switchFlag('--undo', 'Restore the name and expiry of a replaced token', OLD),
  },
  ({ keep, after, undo }): FateOfOld => {
    const given = [
      ...(keep ? ['--keep-old'] : []),
      ...(after === undefined ? [] : ['--delete-old-after']),
      ...(undo ? ['--undo'] : []),
    ];
    if (given.length > 1) throw new Failure('INVALID_USAGE', text`Use only one of: ${listed(given)}.`);
    if (undo) return { kind: 'restored' };
    if (keep) return { kind: 'kept' };
    return after === undefined ? { kind: 'deleted' } : { kind: 'expiring', overlap: after };
  },
);

export const rotate = command({
  name: 'rotate',
  description:
    'Replace a service token with a new one of the same name and permissions. The old one is deleted only after the new one was verified and delivered.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: {
    expiry: expiryFlags(SAME_LIFETIME),
    copying: COPY_FLAGS,
    place: PLACE,
    fate: FATE_OF_OLD,
    self: SELF,
  },
  changes: true,
  endsAccess: true,
  examples: [
    ['rotate name:ci-deploy -e .env', 'A new secret in .env; the old one stops working'],
    ['rotate k3j9x0q2m7ab --delete-old-after 24h', 'Both work for a day; no process waits for it'],
  ],
  run: async ({ token: named, fate, self, ...copy }, context) => {
    if (fate.kind === 'restored') refuseNewToken(copy);
    const token = await namedOrChosen(named, context);
    const organization = await context.organization();
    if (fate.kind === 'restored') {
      if (!named) await confirmChosen(text`Restore the name and expiry of this service token?`, context);
      return restore(token, organization, context);
    }
    const id = await resolveTokenId(token, organization, context, {
      waysOn: afterCutRotation,
    });
    refuseTokenInUse(id, organization, self);
    const overlap = fate.kind === 'expiring' ? fate.overlap : undefined;
    let old: ServiceToken | undefined;
    let contest: Contest | undefined;
    let end = text`${unstyled(fate.kind === 'kept' ? 'is kept' : 'is deleted next')}`;
    const view = viewOf(id, organization.name, () => end, copy.place, context);
    const isInUse = organization.tokenInUse?.value === id;
    const choices: CopyChoices = {
      isReplacement: true,
      nameOf: ({ name }) => name || undefined,
      // The old one works as long as the new one may be stored nowhere.
      keepsDoubtful: true,
      inspect: async ({ value: source }) => {
        old = source;
        await refuseUnmarkable(source, overlap, organization);
        const now = await organization.now();
        contest = contestOf(source, fate, now);
        if (overlap !== undefined) end = endOfOld(source, overlap, now);
        const question = text`Replace service token ${id} with a new one? The old one ${end}.`;
        if (!named) await confirmChosen(question, context);
      },
      admit: async (created) => {
        if (contest) await yieldToFirst(created, contest, organization);
      },
    };
    const { issued, asNew, failure } = await changeToken(token, organization, () =>
      deliverCopy(id, organization, copy, choices, context, view),
    );
    const newId = issued.token.id;
    if (issued.doubt) throw bothKept(issued.doubt, { oldId: id, newId, isInUse }, organization.name);
    if (fate.kind === 'kept') return shownAlready(failure);
    if (old && overlap !== undefined) {
      context.progress.start(text`Giving service token ${id}, the old one, its expiry`);
      const marking = await markReplaced({ old, newId, overlap }, organization, context);
      switch (marking.kind) {
        case 'marked':
          return shownAlready(failure, bothWork(marking.token, newId, organization.name));
        case 'failed':
          return shownAlready(marking.failure);
        case 'unsupported':
          context.warn(text`${marking.failure.text}: waiting to delete the old token instead`);
      }
    }
    const { progress } = context;
    progress.start(progressOf(overlap ? { step: 'waiting', left: overlap } : { step: 'deleting' }, id));
    const retired = await retireToken(
      { oldId: id, newId, overlap: overlap ?? 0, isInUse },
      // A token that deletes itself could not tell whether it is gone.
      isInUse ? asNew : organization,
      { ...context, onEvent: (event) => progress.update(progressOf(event, id)) },
    );
    const notes = retired ? [] : [text`Service token ${id}, the old one, ${toned('done', 'was deleted')}.`];
    return shownAlready(retired ?? failure, notes);
  },
});

/**
 * What another rotation of the token would have made. One that started earlier may still be about to delete the old one.
 * Where that is kept, or has no name to tell by, what was there before has nothing to do with it.
 */
function contestOf({ id, name, created_at }: ServiceToken, fate: FateOfOld, now: number): Contest {
  const since = fate.kind === 'kept' || !name ? now : now - UNFINISHED_FOR;
  return { names: [name ?? ''], after: Math.max(since, Date.parse(created_at)) - 1, replaced: id };
}

/** A token that nobody typed is asked about once more. @throws Failure CANCELLED */
async function confirmChosen(question: Text, context: Context): Promise<void> {
  const prompter = await context.prompter();
  if (!(await prompter.confirm(question))) throw new Failure('CANCELLED', text`nothing was changed`);
}

/**
 * When the old one stops working: an end that it has already is not put off.
 *
 * @param overlap milliseconds
 * @param now milliseconds since the epoch
 */
function endOfOld({ expires_at }: ServiceToken, overlap: number, now: number): Text {
  const left = expires_at === null ? Number.POSITIVE_INFINITY : Date.parse(expires_at) - now;
  if (left <= 0) return text`expired at ${expires_at ?? ''}`;
  if (left < overlap) return text`already expires at ${expires_at ?? ''}`;
  return text`will stop working in ${unstyled(describeDuration(overlap))}`;
}

/** What ended a rotation between its two tokens left both with one name. */
const afterCutRotation: WaysOn = (tokens, organization) => {
  const [first, second, ...others] = tokens.toSorted(
    (a, b) => Date.parse(a.created_at) - Date.parse(b.created_at),
  );
  if (!first || !second || others.length > 0) return undefined;
  const keepNew = commandLine('update', first.id, '--ttl', '24h', '--org', organization.name);
  const keepOld = commandLine('delete', second.id, '--org', organization.name);
  return {
    advice: lines(
      text`If a rotation was interrupted, the newer one may have replaced the older one.`,
      text`To let the older one expire: ${keepNew}`,
      text`To keep the older one: ${keepOld}`,
    ),
    nextSteps: [keepNew, keepOld],
  };
};

function bothWork(old: UpdatedServiceToken, newId: string, organization: string): Text[] {
  const undo = commandLine('rotate', old.id, '--undo', '--org', organization);
  return [
    text`Both ${old.id} and ${newId} work until ${old.expires_at ?? 'unknown'}; then the old token stops working.`,
    text`It stays in the list until: ${commandLine('prune', '--expired', '--apply', '--org', organization)}`,
    text`To keep it instead: ${undo}`,
  ];
}

/** @throws Failure INVALID_USAGE for flags of a token that is not made */
function refuseNewToken({ expiry, copying, place }: CopyFlags): void {
  const isLikeOld =
    copying.restriction === undefined && copying.without.size === 0 && !copying.skipVerification;
  if (expiry === undefined && isLikeOld && place.kind === 'stdout') return;
  throw new Failure('INVALID_USAGE', text`--undo does not create a token`, {
    hint: text`Remove the flags that apply to a new token.`,
  });
}

async function restore(
  reference: TokenReference,
  organization: Organization,
  context: Context,
): Promise<Outcome> {
  context.progress.start(text`Looking up the replaced service token in org ${organization.name}`);
  const replaced = await findMarked(reference, organization);
  const { token, isShortened } = await undoRotation(replaced, organization, context);
  const { replacedBy } = replaced.mark;
  return showing(tokenDetail({ ...token, grants: undefined }), {
    notes: [
      text`Service token ${token.id} ${toned('done', 'was restored')}; ${replacedBy} no longer replaces it.`,
      ...(isShortened ? [text`It now expires in a year, the longest expiry that PlanetScale accepts.`] : []),
      text`Anything that was given ${replacedBy} keeps using it. To delete it later: ${commandLine('delete', replacedBy, '--org', organization.name)}`,
    ],
  });
}

function progressOf(event: RetireEvent, oldId: string): Text {
  return event.step === 'waiting'
    ? text`Deleting service token ${oldId}, the old one, in ${unstyled(describeDuration(event.left))}; Ctrl-C keeps it`
    : text`Deleting service token ${oldId}, the old one`;
}

function viewOf(
  oldId: string,
  organization: string,
  endOfOldInWords: () => Text,
  place: Place,
  { interruption }: Context,
): TokenView {
  return (issued, delivered) => {
    // A signal that the command of --pipe has outlived keeps the old one.
    const end = interruption.cause() ? text`is kept` : endOfOldInWords();
    const { id } = issued.token;
    const isIdUntold = place.kind === 'pipe' && place.form === 'secret';
    const { result, notes } = issuedTokenView(
      issued,
      delivered,
      text`Service token ${labelOf(issued.token)} in organization ${organization} ${toned('done', 'was rotated')}: ${id} replaces ${oldId}, which ${end}.`,
    );
    const aboutId = text`The ID changed too and was not piped: store ${id} instead of ${oldId}.`;
    const pinned = text`If an access file has id: ${oldId}, change it to id: ${id}.`;
    return { result, notes: [...notes, ...(isIdUntold ? [aboutId] : []), pinned] };
  };
}

/** Milliseconds of `--delete-old-after`. @throws Failure INVALID_USAGE */
function parseOverlap(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined && milliseconds >= MINUTE && milliseconds <= YEAR) return milliseconds;
  if (milliseconds !== undefined && milliseconds > YEAR) {
    throw new Failure(
      'INVALID_USAGE',
      text`--delete-old-after ${JSON.stringify(value)} is more than a year`,
      {
        hint: text`Use at most 365d, or keep the old one with --keep-old.`,
      },
    );
  }
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --delete-old-after ${JSON.stringify(value)}: use a duration of at least 1m, such as 24h`,
    { hint: text`Without the flag the old one is deleted at once.` },
  );
}
