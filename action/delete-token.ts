import type { Organization } from '../src/api/organization.ts';
import { command } from '../src/cli/command.ts';
import { shownAlready } from '../src/cli/outcome.ts';
import { Failure, rephrased } from '../src/text/errors.ts';
import { lines, text } from '../src/text/text.ts';
import { ensureDeleted } from '../src/tokens/delete-token.ts';
import type { Clock } from '../src/values/clock.ts';
import type { LeftBehind } from './state.ts';

/** Milliseconds for which a token is looked for whose creation nobody has seen the end of, and between two looks. */
const PATIENCE = 10_000;
const PAUSE = 1_000;

/** Deletes the token that the first half of the action has left behind. */
export function deleteToken(left: LeftBehind | undefined) {
  return command({
    name: 'delete',
    description: "Delete this job's service token.",
    changes: true,
    examples: [],
    run: async (_, context) => {
      if (left === undefined) return shownAlready(undefined, [text`No service token was created.`]);
      const organization = await context.organization();
      const ids = left.id === undefined ? await idsOf(left, organization, context.clock) : [left.id];
      if (ids.length === 0 && !left.hasEnded) throw mayCome(left);
      for (const id of ids) {
        await ensureDeleted(organization, id).catch((failure: unknown) => {
          throw failure instanceof Failure ? notDeleted(failure, id, left) : failure;
        });
      }
      const told = ids.map((id) => text`Service token ${id} was deleted.`);
      return shownAlready(undefined, told.length === 0 ? [text`No service token is left.`] : told);
    },
  });
}

/** Tokens of that name. One whose creation was cut off may come a moment later. */
async function idsOf(
  { name, hasEnded }: LeftBehind,
  { tokens }: Organization,
  clock: Clock,
): Promise<string[]> {
  for (const end = clock.elapsed() + (hasEnded ? 0 : PATIENCE); ; ) {
    const all = await tokens.list({ mustBeWhole: true });
    const found = all.filter((token) => token.name === name).map(({ id }) => id);
    if (found.length > 0 || clock.elapsed() >= end) return found;
    await clock.sleep(PAUSE);
  }
}

function notDeleted(failure: Failure, id: string, { expiresAt }: LeftBehind): Failure {
  const end = expiresAt === undefined ? text`it ends by its ttl` : text`it works until ${expiresAt}`;
  return rephrased(failure, lines(text`service token ${id} may still exist; ${end}`, failure.text), {
    hint: failure.hint,
  });
}

function mayCome({ name }: LeftBehind): Failure {
  return new Failure(
    'COMMAND_FAILED',
    text`the step was ended while it created a service token, and none named ${name} is there: one that comes later ends by its ttl`,
  );
}
