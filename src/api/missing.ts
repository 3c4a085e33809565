import { Failure, Interrupted, rephrased } from '../text/errors.ts';
import { nearest } from '../text/nearest.ts';
import { lines, listed, plain, type Text, text } from '../text/text.ts';
import { allDatabases } from './all-databases.ts';
import type { Client } from './client.ts';
import { ApiFailure } from './failures.ts';
import { organizationOf } from './organization.ts';

/** No more names are listed than fit a line or two. */
const MOST_NAMES = 10;

/** What was not found, in a sentence, and what is there instead. */
interface Missing {
  readonly sentence: Text;
  readonly advice: readonly Text[];
}

/**
 * A 404 says neither which of several things is missing nor what there is instead: the lists that the credentials may
 * read do. Where none tells, the failure stays as it is.
 *
 * @returns the failure, in more precise words where something is known to be missing
 * @throws Interrupted
 */
export async function namingTheMissing(failure: unknown, client: Client): Promise<unknown> {
  const refused = refusalIn(failure);
  if (!refused || !(failure instanceof Failure)) return failure;
  const missing = await findMissing(refused, client);
  if (!missing) return failure;
  // Where the answer is the whole failure, its words may name several things; elsewhere they tell what was done.
  const { mayBeEither = false } = refused.answer;
  const isWhole = plain(failure.text) === plain(refused.text);
  const message = isWhole && mayBeEither ? missing.sentence : failure.text;
  const isSaid = (isWhole || !mayBeEither) && plain(message).includes(plain(missing.sentence));
  const advice = isSaid ? missing.advice : [missing.sentence, ...missing.advice];
  const hint = [...advice, ...(failure.hint ? [failure.hint] : [])];
  return rephrased(failure, message, {
    hint: hint.length === 0 ? undefined : lines(...hint),
    nextSteps: failure.nextSteps,
  });
}

function refusalIn(failure: unknown): ApiFailure | undefined {
  if (!(failure instanceof Failure)) return undefined;
  if (!(failure instanceof ApiFailure)) return refusalIn(failure.cause);
  const { status, isForeign = false } = failure.answer;
  return status === 404 && !isForeign ? failure : undefined;
}

async function findMissing({ answer }: ApiFailure, client: Client): Promise<Missing | undefined> {
  const { organization, database, branch, id } = answer.parameters ?? {};
  if (organization === undefined) return undefined;
  const organizations = await namesOf(() => client.listOrganizations());
  if (organizations.length > 0 && !organizations.includes(organization)) {
    const sentence = text`organization ${organization} does not exist`;
    return missing(sentence, organization, organizations, text`These credentials see`);
  }
  if (database === undefined) return undefined;
  const found = await missingDatabase(organization, database, client);
  if (found !== 'visible') return found;
  if (id !== undefined) {
    return { sentence: text`token ${id} does not exist in organization ${organization}`, advice: [] };
  }
  if (branch === undefined) return undefined;
  const branches = await namesOf(() => client.listBranches(organization, database));
  if (branches.length === 0 || branches.includes(branch)) return undefined;
  return missing(
    text`branch ${branch} does not exist in database ${database}`,
    branch,
    branches,
    text`Its branches are`,
  );
}

/** The failure of a database that a complete list of them lacks; undefined where it exists, or where that is not known. */
export async function databaseMissing(
  organization: string,
  database: string,
  client: Client,
): Promise<Failure | undefined> {
  const found = await missingDatabase(organization, database, client);
  if (found === 'visible' || found === undefined) return undefined;
  return new Failure('NOT_FOUND', found.sentence, {
    hint: found.advice.length === 0 ? undefined : lines(...found.advice),
  });
}

/** Undefined where the credentials cannot tell: the list of a service token holds what that may see, and no more. */
async function missingDatabase(
  organization: string,
  database: string,
  client: Client,
): Promise<Missing | 'visible' | undefined> {
  const databases = await allDatabases(organizationOf(client, organization));
  if (databases === undefined || databases.length === 0) return undefined;
  if (databases.includes(database)) return 'visible';
  return missing(
    text`database ${database} does not exist in organization ${organization}`,
    database,
    databases,
    text`Its databases are`,
  );
}

/** None where they cannot be read. */
async function namesOf(list: () => Promise<readonly { readonly name: string }[]>): Promise<string[]> {
  try {
    return (await list()).map(({ name }) => name);
  } catch (failure) {
    if (failure instanceof Interrupted || !(failure instanceof Failure)) throw failure;
    return [];
  }
}

function missing(sentence: Text, word: string, names: readonly string[], others: Text): Missing {
  const suggestion = nearest(word, names);
  return {
    sentence,
    advice: [
      ...(suggestion === undefined ? [] : [text`Did you mean ${suggestion}?`]),
      ...(names.length > MOST_NAMES ? [] : [text`${others}: ${listed([...names].sort())}`]),
    ],
  };
}
