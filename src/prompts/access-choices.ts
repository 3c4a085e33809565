import type { Database } from '../api/schemas.ts';
import { CATALOGUE } from '../permissions/catalogue.ts';
import { type Text, text } from '../text/text.ts';
import type { Choice, Prompter } from './prompter.ts';

/** Ids of choices that are no database: none can have a name with a slash. */
const ORGANIZATION = '/organization';
const DONE = '/done';

/** The organization (`''`) or a database. */
export async function chooseScope(
  organization: string,
  databases: readonly Database[],
  prompter: Prompter,
): Promise<string> {
  const choices = scopeChoices(organization, databases, new Map());
  const chosen = await prompter.choose(text`Where should it have access?`, choices);
  return chosen === ORGANIZATION ? '' : chosen;
}

/** As {@link chooseScope}, again and again: undefined when nothing more is wanted. */
export async function chooseNextScope(
  organization: string,
  databases: readonly Database[],
  wanted: ReadonlyMap<string, readonly string[]>,
  prompter: Prompter,
): Promise<string | undefined> {
  const done: Choice = { id: DONE, label: 'Done', detail: 'nothing more' };
  const choices = [done, ...scopeChoices(organization, databases, wanted)];
  const chosen = await prompter.choose(text`Where should it have access?`, choices);
  if (chosen === DONE) return undefined;
  return chosen === ORGANIZATION ? '' : chosen;
}

/** The names of the permissions that are checked in the end; what is held stays on the list, known or not. */
export function choosePermissions(
  question: Text,
  database: string,
  held: readonly string[],
  prompter: Prompter,
): Promise<string[]> {
  const scope = database === '' ? 'organization' : 'database';
  const known = CATALOGUE.filter((permission) => permission.scope === scope);
  const unknown = held.filter((name) => !known.some((permission) => permission.name === name));
  const choices: Choice[] = [
    ...known.map(({ name, description, subject }) => ({
      id: name,
      label: name,
      detail: description,
      group: subject,
    })),
    ...unknown.map((name) => ({
      id: name,
      label: name,
      detail: 'granted, unknown to this program',
      group: 'Unknown',
    })),
  ];
  return prompter.check(question, choices, held);
}

function scopeChoices(
  organization: string,
  databases: readonly Database[],
  wanted: ReadonlyMap<string, readonly string[]>,
): Choice[] {
  const soFar = (scope: string): string => {
    const accesses = wanted.get(scope) ?? [];
    return accesses.length === 0 ? '' : `, ${accesses.length} chosen`;
  };
  return [
    { id: ORGANIZATION, label: organization, detail: `the organization${soFar('')}` },
    ...databases.map(({ name, kind }) => ({
      id: name,
      label: name,
      detail: `database, ${kind}${soFar(name)}`,
    })),
  ];
}
