import type { Client } from '../api/client.ts';
import { commandLine } from '../command-line.ts';
import type { Context } from '../context.ts';
import { describeDuration, parseDuration } from '../duration.ts';
import { Failure, Interrupted, rephrased } from '../errors.ts';
import { deleteToken } from '../operations/delete-token.ts';
import { createdToken } from '../output/views/tokens.ts';
import { lines, type Text, text } from '../text.ts';
import { organizationOf } from './arguments.ts';
import { API_SETTINGS, type CliCommand, type Outcome } from './command.ts';
import { type CopyOptions, handOverCopy, SAME_LIFETIME } from './copying.ts';
import { addExpiryOptions } from './expiry.ts';
import { gatheredRows } from './grant-rows.ts';
import { addHandOverOptions, type TokenView } from './hand-over.ts';
import { labelOf, secretAdvice } from './issuing.ts';
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
    throw new Failure('INVALID_USAGE', ['--keep-old and --delete-old-after cannot be used together'], {
      hint: ['Give the one that is meant.'],
    });
  }
  const organization = await organizationOf(context);
  const client = await context.client();
  const id = await resolveTokenId(reference, organization, client, context.progress);
  refuseTokenInUse(id, client, options.self);
  const view = (): TokenView => viewOf(id, organization, fateOfOld(options));
  const { outcome, asNew, issued } = await handOverCopy(id, organization, options, { client, context, view });
  if (options.keepOld) return outcome;
  // A token that deletes itself could not tell whether it is gone.
  const deleter = client.serviceTokenInUse?.value === id ? asNew : client;
  const failure = await deleteOld(id, organization, deleter, options.deleteOldAfter ?? 0, context);
  if (failure) return { ...outcome, failure: afterHandOver(failure, id, issued.token.id, organization) };
  const note = text`Service token ${id}, the old one, was deleted.`;
  return { ...outcome, notes: [...(outcome.notes ?? []), note] };
}

/** Answers what went wrong: the new token has been handed over, so nothing may keep its result back. */
async function deleteOld(
  id: string,
  organization: string,
  client: Client,
  overlap: number,
  context: Context,
): Promise<Failure | undefined> {
  try {
    await waitFor(overlap, id, context);
    context.progress.start(text`Deleting service token ${id}, the old one`);
    await deleteToken(client, organization, id);
    return undefined;
  } catch (failure) {
    if (failure instanceof Failure) return failure;
    throw failure;
  }
}

/** The longest time between two looks at the clock, which the progress line shows. */
const TICK = 1_000;

async function waitFor(
  milliseconds: number,
  id: string,
  { clock, interruption, progress }: Context,
): Promise<void> {
  interruption.signal.throwIfAborted();
  if (milliseconds === 0) return;
  const message = (left: number): Text =>
    text`Deleting service token ${id}, the old one, in ${[describeDuration(left)]}; Ctrl-C keeps it`;
  const end = clock.now() + milliseconds;
  progress.start(message(milliseconds));
  for (let left = milliseconds; left > 0; left = end - clock.now()) {
    progress.update(message(left));
    await clock.sleep(Math.min(left, TICK), interruption.signal);
  }
}

function afterHandOver(failure: Failure, oldId: string, newId: string, organization: string): Failure {
  const command = commandLine('delete', oldId, '--org', organization);
  const state =
    failure instanceof Interrupted
      ? text`the new token ${newId} has been handed over; the old one, ${oldId}, is kept, unless its deletion was under way`
      : text`the new token ${newId} has been handed over, but the old one, ${oldId}, is not deleted for certain`;
  const message = lines(state, failure.text);
  const details = { hint: text`Delete it with: ${command}`, nextSteps: [command] };
  // Most of it is done; what is left has been tried and failed.
  if (failure.code === 'AUTH_INVALID')
    return new Failure('COMMAND_FAILED', message, { ...details, cause: failure });
  return rephrased(failure, message, details);
}

function fateOfOld({ keepOld, deleteOldAfter }: RotateOptions): string {
  if (keepOld) return 'which is kept';
  return deleteOldAfter ? `which is deleted in ${describeDuration(deleteOldAfter)}` : 'which is deleted next';
}

function viewOf(oldId: string, organization: string, fate: string): TokenView {
  return ({ token, held }, place) =>
    createdToken(place ? { ...token, token: '' } : token, {
      before: text`Service token ${labelOf(token)} of organization ${organization} was rotated: ${token.id} takes the place of ${oldId}, ${[fate]}.`,
      after: lines(...secretAdvice(token, place)),
      grants: gatheredRows(held),
    });
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
