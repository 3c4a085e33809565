import { command } from '../cli/command.ts';
import { flagsTogether, switchFlag, valueFlag } from '../cli/declaration.ts';
import { shownAlready } from '../cli/outcome.ts';
import { describeDuration, parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { expiryFlags } from '../flags/expiry.ts';
import { PLACE, type TokenView } from '../flags/hand-over.ts';
import { refuseTokenInUse, resolveTokenId, SELF, TOKEN } from '../flags/token.ts';
import { type RetireEvent, retireToken } from '../operations/retire-token.ts';
import { type Text, text, toned, unstyled } from '../text.ts';
import { issuedTokenView, labelOf } from '../views/tokens.ts';
import { deliverCopy, SAME_LIFETIME } from './making.ts';

/** What becomes of the old token: kept, or deleted after so many milliseconds. */
type FateOfOld = 'kept' | number;

const OLD = { heading: 'What becomes of the old one' };

const FATE_OF_OLD = flagsTogether(
  {
    keep: switchFlag('--keep-old', 'Do not delete the old one', OLD),
    after: valueFlag(
      '--delete-old-after <duration>',
      'Wait before deleting it, such as 10m',
      parseOverlap,
      OLD,
    ),
  },
  ({ keep, after }): FateOfOld => {
    if (keep && after !== undefined) {
      throw new Failure('INVALID_USAGE', text`Use only one of: --keep-old, --delete-old-after.`);
    }
    return keep ? 'kept' : (after ?? 0);
  },
);

export const rotate = command({
  name: 'rotate',
  description:
    'Replace a service token with a new one of the same name and permissions, verified and delivered before the old one is deleted. If anything fails before that, the old one is left as it was and the new one is rolled back.',
  arguments: { token: TOKEN },
  flags: { expiry: expiryFlags(SAME_LIFETIME), place: PLACE, fate: FATE_OF_OLD, self: SELF },
  examples: [
    ['rotate name:ci-deploy -e .env', 'A new secret in .env; the old one stops working'],
    ['rotate k3j9x0q2m7ab --delete-old-after 10m', 'Both work for ten minutes'],
  ],
  run: async ({ token, fate, self, ...copy }, context) => {
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context.progress);
    refuseTokenInUse(id, organization, self);
    const view = viewOf(id, organization.name, fate);
    const { issued, asNew, failure } = await deliverCopy(id, organization, copy, context, view);
    if (fate === 'kept') return shownAlready(failure);
    const { progress } = context;
    const isInUse = organization.tokenInUse?.value === id;
    progress.start(progressOf(fate > 0 ? { step: 'waiting', left: fate } : { step: 'deleting' }, id));
    const retired = await retireToken(
      { oldId: id, newId: issued.token.id, overlap: fate, isInUse },
      // A token that deletes itself could not tell whether it is gone.
      isInUse ? asNew : organization,
      { ...context, onEvent: (event) => progress.update(progressOf(event, id)) },
    );
    const notes = retired ? [] : [text`Service token ${id}, the old one, ${toned('done', 'was deleted')}.`];
    return shownAlready(retired ?? failure, notes);
  },
});

function progressOf(event: RetireEvent, oldId: string): Text {
  return event.step === 'waiting'
    ? text`Deleting service token ${oldId}, the old one, in ${unstyled(describeDuration(event.left))}; Ctrl-C keeps it`
    : text`Deleting service token ${oldId}, the old one`;
}

function viewOf(oldId: string, organization: string, fate: FateOfOld): TokenView {
  return (issued, place) =>
    issuedTokenView(
      issued,
      place,
      text`Service token ${labelOf(issued.token)} in organization ${organization} ${toned('done', 'was rotated')}: ${issued.token.id} replaces ${oldId}, ${inWords(fate)}.`,
    );
}

function inWords(fate: FateOfOld): Text {
  if (fate === 'kept') return text`which is kept`;
  if (fate === 0) return text`which is deleted next`;
  return text`which is deleted in ${unstyled(describeDuration(fate))}`;
}

/** Milliseconds of `--delete-old-after`. @throws Failure INVALID_USAGE */
function parseOverlap(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid --delete-old-after ${JSON.stringify(value)}: use a duration such as 10m or 24h`,
  );
}
