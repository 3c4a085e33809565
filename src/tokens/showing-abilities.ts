import { type Outcome, showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import type { TokenReference } from '../flags/token.ts';
import { abilitiesOf } from '../permissions/abilities.ts';
import { text } from '../text/text.ts';
import { grantRows } from '../views/grants.ts';
import { abilityList, undecidedNotes } from '../views/permissions.ts';
import { readToken } from './token-lookup.ts';

/** What a token can do, in calls, and by which of its permissions. */
export async function showingAbilities(token: TokenReference, context: Context): Promise<Outcome> {
  const organization = await context.organization();
  const { id, held } = await readToken(token, organization, context, async (found) => {
    context.progress.start(text`Fetching service token ${found} from org ${organization.name}`);
    return { id: found, held: grantRows(await organization.grants.list(found)) };
  });
  return showing(abilityList(id, abilitiesOf(held)), { notes: undecidedNotes(held) });
}
