import { isOneEditAway } from '../text/nearest.ts';
import { listed, type Text, text, unstyled } from '../text/text.ts';
import { CATALOGUE, findPermission, type Scope } from './catalogue.ts';

/** What is odd about an access name, and whether it is surely a mistake. */
export interface Doubt {
  readonly message: Text;
  readonly advice: Text;
  readonly certain: boolean;
}

/** How somebody asks for an access at a scope. */
export type Spelling = (name: string, scope: Scope) => string;

const BY_SCOPE_FLAG: Spelling = (_, scope) =>
  scope === 'database' ? '--database <database>' : '--organization-level';

/**
 * What may be wrong with a name at a scope: it is known for the other one, or is a near miss of a known
 * one, or just unknown, which may be the catalogue's fault.
 */
export function doubtAbout(name: string, scope: Scope, spelling = BY_SCOPE_FLAG): Doubt | undefined {
  const permission = findPermission(name);
  if (permission?.scope === scope) return undefined;
  const here = nearMisses(
    name,
    CATALOGUE.filter((candidate) => candidate.scope === scope).map((candidate) => candidate.name),
  );
  const meant = here.length > 0 || permission ? here : nearMisses(name, NAMES);
  const [suggestion] = meant;
  if (permission) {
    const other = spelling(name, permission.scope);
    const article = permission.scope === 'organization' ? 'an organization' : 'a database';
    return {
      message: text`${name} is ${unstyled(article)} permission`,
      advice:
        suggestion && isTwin(name, suggestion)
          ? text`Use it with ${unstyled(other)}, or did you mean ${suggestion}?`
          : text`Use it with ${unstyled(other)}.`,
      certain: true,
    };
  }
  if (suggestion) {
    return {
      message: text`${name} is not a known permission`,
      advice: text`Did you mean ${alternatives(meant)}?`,
      certain: true,
    };
  }
  return {
    message: text`${name} is not a known permission`,
    advice: text`Sending it as typed, since PlanetScale may have added it.`,
    certain: false,
  };
}

const NAMES = CATALOGUE.map(({ name }) => name);

/** No more names are offered than fit a line. */
const MOST_OFFERED = 4;

function alternatives(names: readonly string[]): Text {
  const more = names.length - MOST_OFFERED;
  if (more <= 0) return listed(names, text` or `);
  return text`${listed(names.slice(0, MOST_OFFERED))} or ${unstyled(more)} others`;
}

function isTwin(name: string, other: string): boolean {
  return other !== name && singular(name) === singular(other);
}

/**
 * The names that a word was most likely meant for, or none where it may well be a name of its own: one edit away, with
 * its words swapped, joined otherwise or in the other number, or else those that it is only a part of.
 */
function nearMisses(word: string, names: readonly string[]): string[] {
  const typed = fold(word);
  const close = names.filter((name) => isSlip(typed, name) || areSameWords(typed, name));
  if (close.length > 0) return close;
  const parts = wordsOf(typed);
  const holding = names.filter((name) => {
    const words = wordsOf(name);
    return name.includes(typed) || parts.every((part) => words.includes(part));
  });
  // Nothing, and a letter or two, are a part of everything.
  if (typed.length < SHORTEST_PART) return [];
  return holding.toSorted((one, other) => Number(other.startsWith(typed)) - Number(one.startsWith(typed)));
}

const SHORTEST_PART = 3;

/** Case, and what stands between words, do not count: `readBranch`, `READ-BRANCH`. */
function fold(word: string): string {
  return word
    .replace(/(?<=[a-z])(?=[A-Z])/g, '_')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_');
}

function wordsOf(folded: string): string[] {
  return singular(folded)
    .split('_')
    .filter((word) => word !== '');
}

/** Each word without the ending of its plural. */
function singular(folded: string): string {
  return folded.replace(/(?:(?<=ch|sh|ss|x)es|(?<=[^s])s)(?=_|$)/g, '');
}

function areSameWords(typed: string, name: string): boolean {
  const joined = (word: string): string => wordsOf(word).join('');
  const sorted = (word: string): string => wordsOf(word).toSorted().join(' ');
  return joined(typed) === joined(name) || sorted(typed) === sorted(name);
}

/** Either number of the name is meant. */
function isSlip(typed: string, name: string): boolean {
  return isOneEditAway(typed, name) || isOneEditAway(typed, singular(name));
}
