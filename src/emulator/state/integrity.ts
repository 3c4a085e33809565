import { isAccessOn } from './access-names.ts';
import { ADMINISTRATOR } from './administrator.ts';
import type { Database, ServiceToken, State } from './state.ts';

/**
 * What is wrong with a state beyond its shape: names that are there twice, and references to nothing.
 * Each problem is a sentence without its full stop; none means that every request can be answered.
 */
export function integrityProblems(state: State): string[] {
  return [
    ...repeated(state.databases).map((name) => `there are two databases named ${name}`),
    ...state.databases.flatMap(databaseProblems),
    ...repeated(state.service_tokens.map(({ id }) => ({ name: id }))).map(
      (id) => `there are two tokens with the id ${id}`,
    ),
    ...state.service_tokens.flatMap((token) => tokenProblems(token, state.databases)),
  ];
}

function databaseProblems({ name, branches }: Database): string[] {
  const orphans = branches.filter(
    ({ parent }, index) =>
      parent !== null && !branches.slice(0, index).some((earlier) => earlier.name === parent),
  );
  return [
    ...repeated(branches).map((branch) => `database ${name} has two branches named ${branch}`),
    ...orphans.map(
      ({ name: branch, parent }) =>
        `branch ${branch} of database ${name} has the parent ${parent}, which is not listed before it`,
    ),
  ];
}

function tokenProblems(token: ServiceToken, databases: readonly Database[]): string[] {
  const problems: string[] = [];
  if (token.id === ADMINISTRATOR.serviceTokenId) problems.push(`token id ${token.id} is the administrator's`);
  if (token.id.includes(':')) problems.push(`token id ${token.id} holds a colon, so it could not log in`);
  for (const { database, access } of token.grants) {
    if (database !== null && !databases.some(({ name }) => name === database)) {
      problems.push(`token ${token.id} has access on database ${database}, which does not exist`);
    }
    const level = database === null ? 'the organization' : 'a database';
    for (const name of access.filter((one) => !isAccessOn(database, one))) {
      problems.push(`token ${token.id}: ${name} is not an access on ${level}`);
    }
  }
  return problems;
}

function repeated(named: readonly { readonly name: string }[]): string[] {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const { name } of named) (seen.has(name) ? twice : seen).add(name);
  return [...twice];
}
