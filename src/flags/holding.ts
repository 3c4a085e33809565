import type { Grant } from '../api/schemas.ts';
import { flagsTogether, valueFlag } from '../cli/declaration.ts';
import { undecided } from '../permissions/abilities.ts';
import { explanationOf } from '../permissions/explanation.ts';
import { isOnDatabase, type Requirement } from '../permissions/requirements.ts';
import { type AccessScope, accessesAt, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { findOperations } from '../permissions/search.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { fitsPattern } from '../values/name-pattern.ts';
import { grantRows } from '../views/grants.ts';
import { refuseMistakes } from './access-names.ts';
import { parseAccessWord, scopeMeant } from './access-words.ts';
import { isPattern } from './wildcards.ts';

/** Whether a token does what was asked for; `possible` where grants of an unknown kind may decide it. */
export type Match = 'yes' | 'no' | 'possible';

/** A question about what a token holds. */
export interface Question {
  readonly ask: (grants: readonly Grant[]) => Match;
  /** The databases that it is about. */
  readonly databases: readonly string[];
}

const QUESTION = { heading: 'Filters' };

/** `--holds` and `--for`: which tokens can do this? Undefined where neither is given. */
export const QUESTIONS = flagsTogether(
  {
    holds: valueFlag(
      '--holds <access>',
      'Only tokens that hold this: <database>=<permission>, or <permission> on the organization',
      (value, { warn }) => holdsQuestion(value, warn),
      { ...QUESTION, completes: 'permission' },
    ),
    able: valueFlag(
      '--for <operation>',
      'Only tokens that can do this: <database>=branch create, or an operation of the organization',
      forQuestion,
      QUESTION,
    ),
  },
  ({ holds, able }): Question | undefined => {
    const questions = [holds, able].filter((question) => question !== undefined);
    if (questions.length === 0) return undefined;
    return {
      ask: (grants) => worst(questions.map(({ ask }) => ask(grants))),
      databases: [...new Set(questions.flatMap(({ databases }) => databases))],
    };
  },
);

/** All have to be true. */
function worst(matches: readonly Match[]): Match {
  if (matches.includes('no')) return 'no';
  return matches.includes('possible') ? 'possible' : 'yes';
}

/** @throws Failure INVALID_USAGE */
function holdsQuestion(value: string, warn: (warning: Text) => void): Question {
  const { scope, names } = parseAccessWord(value, '--holds');
  const where = scopeMeant(scope);
  if (where === undefined) {
    throw new Failure('INVALID_USAGE', text`--holds ${value} does not name one database`, {
      hint: text`Write --holds <database>=<permission>.`,
    });
  }
  const literal = names.filter((one) => !isPattern(one));
  refuseMistakes(literal, where, {
    warn,
    spelling: (word, level) => `--holds ${level === 'database' ? '<database>=' : ''}${word}`,
  });
  return {
    databases: where === ORGANIZATION_LEVEL ? [] : [where],
    ask: (grants) => {
      const held = accessesAt(grants, where);
      const isHeld = names.every((pattern) => held.some((name) => fitsPattern(name, pattern)));
      return isHeld ? 'yes' : otherwise(grants);
    },
  };
}

/** @throws Failure INVALID_USAGE for no operation, or several, and for one whose database is missing */
function forQuestion(value: string): Question {
  const meant = parseOperation(value, '--for');
  refuseSeveralDatabases(value, meant, '--for');
  const { database, requirement } = meant;
  return {
    databases: database === undefined || database === ORGANIZATION_LEVEL ? [] : [database],
    ask: (grants) => {
      const { answer, by } = explanationOf(grantRows(grants), requirement, database);
      if (answer === 'yes' || answer === 'no') return answer;
      if (answer === 'perhaps') return 'possible';
      // Where PlanetScale does not publish what a call requires, what is likely might not be enough.
      return by.length > 0 || requirement.anyOf.length === 0 ? 'possible' : otherwise(grants);
    },
  };
}

/**
 * Refuses a wildcard for the database, which would stand for others than those that are named, and a colon, which is
 * how other tools part the two.
 *
 * @throws Failure INVALID_USAGE
 */
export function refuseSeveralDatabases(
  value: string,
  { database, requirement }: OperationMeant,
  flag: string,
): void {
  if (database === undefined || !/[*:]/.test(database)) return;
  throw new Failure('INVALID_USAGE', text`${unstyled(flag)} ${value} does not name one database`, {
    hint: text`Name each database: ${unstyled(flag)} <database>=${requirement.operationId}.`,
  });
}

/**
 * Reads `[<database>=]<operation>`, which has to mean one operation.
 *
 * @param flag what stands before it, such as `--for`; nothing for a word by itself
 * @throws Failure INVALID_USAGE
 */
export function parseOperation(value: string, flag?: string): OperationMeant {
  const spelled = (word: string | Text): Text =>
    flag === undefined ? text`${word}` : text`${unstyled(flag)} ${word}`;
  const [, database, operation = ''] = /^(?:([^=/]*)=)?(.*)$/s.exec(value) ?? [];
  if (database?.trim() === '' || operation.trim() === '') {
    const what = operation.trim() === '' ? text`operation` : text`database`;
    throw new Failure('INVALID_USAGE', text`${spelled(value || '""')} names no ${what}`, {
      hint: text`Write ${spelled(text`'<database>=branch create'`)}. Perhaps a shell variable is empty.`,
    });
  }
  const [requirement, ...others] = findOperations(operation);
  if (!requirement || others.length > 0) {
    const names = [requirement, ...others].flatMap((one) => one?.operationId ?? []);
    throw new Failure(
      'INVALID_USAGE',
      requirement
        ? text`${unstyled(names.length)} operations match ${operation}`
        : text`no operation matches ${operation}`,
      {
        hint: requirement
          ? text`Use one of: ${unstyled(names.slice(0, 12).join(', '))}`
          : text`Use one such as "branch create", create_branch or "GET /organizations/{organization}/databases".`,
      },
    );
  }
  const { operationId } = requirement;
  const onDatabase = isOnDatabase(requirement);
  if (onDatabase !== (database !== undefined)) {
    throw new Failure(
      'INVALID_USAGE',
      onDatabase
        ? text`${operationId} is done on a database, and ${flag === undefined ? text`the operation` : unstyled(flag)} names none`
        : text`${operationId} is done on the organization, not on a database`,
      { hint: text`Write ${spelled(text`${unstyled(onDatabase ? '<database>=' : '')}${operationId}`)}.` },
    );
  }
  const inPath = databaseInPath(operation);
  if (database !== undefined && inPath !== undefined && inPath !== database) {
    throw new Failure(
      'INVALID_USAGE',
      text`${spelled(value)} names two databases: ${database} and ${inPath}`,
      {
        hint: text`Write ${spelled(`${database}=${operationId}`)}, or name ${inPath} instead.`,
      },
    );
  }
  return { database, requirement };
}

/** One operation, and the database that it is done on; undefined for one of the organization. */
export interface OperationMeant {
  readonly database: AccessScope | undefined;
  readonly requirement: Requirement;
}

/** The database that the path of an operation names, if it does: parameters and what is left open are no names. */
function databaseInPath(operation: string): string | undefined {
  const [, name] = /\/databases\/([^/\s]+)/.exec(operation) ?? [];
  return name === undefined || /[{}…]|^\.\.\.$/.test(name) ? undefined : name;
}

/** What is not held may be part of a grant that nobody understands. */
function otherwise(grants: readonly Grant[]): Match {
  return undecided(grantRows(grants)).length > 0 ? 'possible' : 'no';
}
