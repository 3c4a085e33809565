import type { AccessChange } from '../api/client.ts';
import { mayBeHidden } from '../api/failures.ts';
import type { Organization } from '../api/organization.ts';
import type { Context } from '../context.ts';
import { ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { text } from '../text/text.ts';

type Looking = Pick<Context, 'warn' | 'progress' | 'client'>;

/**
 * Looks whether the databases exist, before anything is made. Under a service token a 404 proves nothing by itself:
 * where no complete list shows that a database is missing, a warning says so, and granting decides.
 *
 * @throws Failure NOT_FOUND
 */
export async function checkDatabases(
  plan: readonly Pick<AccessChange, 'database'>[],
  organization: Organization,
  context: Looking,
): Promise<void> {
  const { warn, progress } = context;
  const names = plan.map(({ database }) => database).filter((scope) => scope !== ORGANIZATION_LEVEL);
  if (names.length > 0) progress.start(text`Looking up databases of org ${organization.name}`);
  await Promise.all(
    names.map(async (name) => {
      if ((await existenceOf(name, organization, context)) === 'visible') return;
      warn(
        text`database ${name} is not visible to the service token in use; granting will show whether it exists`,
      );
    }),
  );
}

/**
 * Whether a database is there, as far as the credentials can tell.
 *
 * @throws Failure NOT_FOUND where it is known to be missing
 */
export async function existenceOf(
  name: string,
  { name: organization, databases, tokenInUse }: Organization,
  { client }: Looking,
): Promise<'visible' | 'unknown'> {
  try {
    await databases.get(name);
    return 'visible';
  } catch (failure) {
    if (!mayBeHidden(failure) || !tokenInUse) throw failure;
    const { databaseMissing } = await import('../api/missing.ts');
    const missing = await databaseMissing(organization, name, await client());
    if (missing) throw missing;
    return 'unknown';
  }
}
