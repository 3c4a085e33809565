import { CATALOGUE, type Permission } from './catalogue.ts';
import { allRequirements, type Requirement } from './requirements.ts';

/** The permissions whose name, subject or description holds every one of the words; without words, all. */
export function searchPermissions(words: readonly string[]): Permission[] {
  const folded = words.map((word) => word.toLowerCase().replaceAll('-', '_'));
  return CATALOGUE.filter((permission) => {
    const text =
      `${permission.name} ${permission.scope} ${permission.subject} ${permission.description}`.toLowerCase();
    return folded.every((word) => text.includes(word) || text.includes(word.replaceAll('_', ' ')));
  });
}

/**
 * The calls that an operation means: `POST /organizations/acme/databases/shop/branches`, with or without the
 * method and `/v1`, with names or braces for the parameters and `…` or `...` for any part of the path, or words
 * such as `branch create`, `create a branch` or `create_branch`. Words that name a call exactly mean that one;
 * otherwise all calls that hold them, one after the other if any do.
 */
export function findOperations(query: string): Requirement[] {
  const all = [...allRequirements().values()];
  const path = /^\s*(?:([A-Za-z]+)\s+)?(?:\/v1)?((?:…|\.\.\.)?\/\S*?)\/?\s*$/.exec(query);
  if (path) {
    const [, method, wanted = ''] = path;
    const segments = wanted.replaceAll('...', ANY).split('/').filter(Boolean);
    const fitting = all.filter(({ operation }) => {
      const [verb, template = ''] = operation.split(' ');
      const isVerb = method === undefined || verb === method.toUpperCase();
      return isVerb && samePath(template.split('/').filter(Boolean), segments);
    });
    if (segments.includes(ANY)) return fitting;
    // `…/insights/errors` fits `…/insights/{fingerprint}` too; the one with fewer parameters is meant.
    const fewest = Math.min(...fitting.map(parameterCount));
    return fitting.filter((requirement) => parameterCount(requirement) === fewest);
  }
  const wanted = wordsOf(query);
  if (wanted.size === 0) return [];
  const holding = all.filter(({ operationId }) => isSubset(wanted, wordsOf(operationId)));
  const exact = holding.filter(({ operationId }) => wordsOf(operationId).size === wanted.size);
  if (exact.length > 0) return exact;
  // `deploy queue` is what `get_deploy_queue` gets, and not what `queue_deploy_request` does.
  const inOrder = holding.filter(({ operationId }) => holdsPhrase([...wordsOf(operationId)], [...wanted]));
  return inOrder.length > 0 ? inOrder : holding;
}

/** Stands for any part of a path. */
const ANY = '…';

function parameterCount({ operation }: Requirement): number {
  return operation.split('{').length;
}

/** What stands behind a part that is left open has to be said by the path itself, not by its parameters. */
function samePath(parts: readonly string[], segments: readonly string[], isOpen = false): boolean {
  const [segment, ...later] = segments;
  if (segment === undefined) return parts.length === 0;
  if (segment === ANY) {
    return parts.concat('').some((_, index) => samePath(parts.slice(index), later, true));
  }
  const [part, ...rest] = parts;
  if (part === undefined) return false;
  const isSame = part === segment || (part.startsWith('{') && !isOpen);
  return isSame && samePath(rest, later);
}

/** What the official CLI's words, and other usual ones, are called in the API. */
const SYNONYMS: Readonly<Record<string, string>> = {
  show: 'get',
  view: 'get',
  read: 'get',
  see: 'get',
  describe: 'get',
  ls: 'list',
  rm: 'delete',
  remove: 'delete',
  drop: 'delete',
  destroy: 'delete',
  make: 'create',
  new: 'create',
  edit: 'update',
  change: 'update',
  modify: 'update',
  rename: 'update',
  db: 'database',
};

/** Words that say nothing of which call is meant. */
const FILLERS: ReadonlySet<string> = new Set([
  'a',
  'an',
  'the',
  'my',
  'this',
  'all',
  'of',
  'in',
  'on',
  'to',
  'can',
  'i',
]);

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return new Set(words.filter((word) => !FILLERS.has(word)).map((word) => SYNONYMS[word] ?? singular(word)));
}

function singular(word: string): string {
  if (/(ch|ss|sh|x)es$/.test(word)) return word.slice(0, -2);
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function holdsPhrase(words: readonly string[], phrase: readonly string[]): boolean {
  return words.some((_, at) => phrase.every((word, index) => words[at + index] === word));
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((word) => whole.has(word));
}
