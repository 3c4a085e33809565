import type { Context } from '../context.ts';
import { describeDuration, parseDuration } from '../duration.ts';
import { Failure } from '../errors.ts';
import { type RetireEvent, retireToken } from '../operations/retire-token.ts';
import { type Text, text, unstyled } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand, type Outcome } from './command.ts';
import { type CopyOptions, handOverCopy, SAME_LIFETIME } from './copying.ts';
import { addExpiryOptions } from './expiry.ts';
import { addHandOverOptions, type TokenView } from './hand-over.ts';
import { issuedTokenView, labelOf } from './issuing.ts';
import { refuseTokenInUse, SELF_OPTION } from './token-in-use.ts';
import { parseTokenReference, resolveTokenId, TOKEN_ARGUMENT } from './token-reference.ts';

interface RotateOptions extends Omit<CopyOptions, 'name'> {
  readonly keepOld?: boolean;
  /** Milliseconds. */
  readonly deleteOldAfter?: number;
  /** The token in use may be meant. */
  readonly self?: boolean;
}

export function addRotateCommand(parent: CliCommand): void {
  const command = parent.createCommand('rotate');
  command
    .description(
      'Put a new service token in the place of another one: with its name and access, tried out and handed over before the old one is deleted. If anything fails before that, the old one stays as it was and the new one is deleted again.',
    )
    .argument('<token-id>', TOKEN_ARGUMENT);
  addExpiryOptions(command, SAME_LIFETIME);
  addHandOverOptions(command);
  command
    .option('--keep-old', 'Do not delete the old one')
    .option('--delete-old-after <duration>', 'Wait before deleting the old one, such as 10m', parseOverlap)
    .option(...SELF_OPTION)
    .documents({
      reads: API_SETTINGS,
      examples: [
        ['rotate name:ci-deploy -e .env', 'A new secret in .env, the old one is void'],
        ['rotate k3j9x0q2m7ab --delete-old-after 10m', 'Both work for ten minutes'],
      ],
    })
    .handles(
      (token = '') =>
        (context) =>
          runRotate({ ...command.opts<RotateOptions>(), token }, context),
    );
  parent.addCommand(command);
}

export async function runRotate(
  options: RotateOptions & { token: string },
  context: Context,
): Promise<Outcome> {
  const reference = parseTokenReference(options.token);
  if (options.keepOld && options.deleteOldAfter !== undefined) {
    throw new Failure('INVALID_USAGE', text`--keep-old and --delete-old-after cannot be used together`, {
      hint: text`Give the one that is meant.`,
    });
  }
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  refuseTokenInUse(id, client, options.self);
  const view = viewOf(id, organization, fateOfOld(options));
  const copy = await handOverCopy(id, organization, options, { client, context, view });
  if (options.keepOld) return { printed: true, failure: copy.failure };
  const { clock, interruption, progress } = context;
  const overlap = options.deleteOldAfter ?? 0;
  const isInUse = client.serviceTokenInUse?.value === id;
  progress.start(progressOf(overlap > 0 ? { step: 'waiting', left: overlap } : { step: 'deleting' }, id));
  const failure = await retireToken(
    { organization, oldId: id, newId: copy.issued.token.id, overlap, isInUse },
    {
      // A token that deletes itself could not tell whether it is gone.
      client: isInUse ? copy.asNew : client,
      clock,
      interruption,
      onEvent: (event) => progress.update(progressOf(event, id)),
    },
  );
  const notes = failure ? [] : [text`Service token ${id}, the old one, was deleted.`];
  return { printed: true, notes, failure: failure ?? copy.failure };
}

function progressOf(event: RetireEvent, oldId: string): Text {
  return event.step === 'waiting'
    ? text`Deleting service token ${oldId}, the old one, in ${unstyled(describeDuration(event.left))}; Ctrl-C keeps it`
    : text`Deleting service token ${oldId}, the old one`;
}

function fateOfOld({ keepOld, deleteOldAfter }: RotateOptions): string {
  if (keepOld) return 'which is kept';
  return deleteOldAfter ? `which is deleted in ${describeDuration(deleteOldAfter)}` : 'which is deleted next';
}

function viewOf(oldId: string, organization: string, fate: string): TokenView {
  return (issued, place) =>
    issuedTokenView(
      issued,
      place,
      text`Service token ${labelOf(issued.token)} of organization ${organization} was rotated: ${issued.token.id} takes the place of ${oldId}, ${unstyled(fate)}.`,
    );
}

/** Milliseconds of `--delete-old-after`. @throws Failure INVALID_USAGE */
function parseOverlap(value: string): number {
  const milliseconds = parseDuration(value);
  if (milliseconds !== undefined) return milliseconds;
  throw new Failure(
    'INVALID_USAGE',
    text`--delete-old-after ${value} is not a length of time such as 10m or 24h`,
  );
}
