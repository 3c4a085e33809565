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
 * The calls that an operation means: `POST /organizations/acme/databases/shop/branches`, with or without
 * `/v1` and with names or braces for the parameters, or words such as `branch create` or `create_branch`.
 * Words that name a call exactly mean that one; otherwise all calls that hold them.
 */
export function findOperations(query: string): Requirement[] {
  const all = [...allRequirements().values()];
  const path = /^\s*([A-Za-z]+)\s+(?:\/v1)?(\/\S*?)\/?\s*$/.exec(query);
  if (path) {
    const [, method = '', wanted = ''] = path;
    const fitting = all.filter(({ operation }) => {
      const [verb, template = ''] = operation.split(' ');
      return verb === method.toUpperCase() && samePath(template, wanted);
    });
    // `…/insights/errors` fits `…/insights/{fingerprint}` too; the one with fewer parameters is meant.
    const fewest = Math.min(...fitting.map(parameterCount));
    return fitting.filter((requirement) => parameterCount(requirement) === fewest);
  }
  const wanted = wordsOf(query);
  if (wanted.size === 0) return [];
  const holding = all.filter(({ operationId }) => isSubset(wanted, wordsOf(operationId)));
  const exact = holding.filter(({ operationId }) => wordsOf(operationId).size === wanted.size);
  return exact.length > 0 ? exact : holding;
}

function parameterCount({ operation }: Requirement): number {
  return operation.split('{').length;
}

function samePath(template: string, path: string): boolean {
  const parts = template.split('/');
  const segments = path.split('/');
  return (
    parts.length === segments.length &&
    parts.every((part, index) => (part.startsWith('{') ? segments[index] !== '' : part === segments[index]))
  );
}

/** What the official CLI's words are called in the API. */
const SYNONYMS: Readonly<Record<string, string>> = {
  show: 'get',
  ls: 'list',
  rm: 'delete',
  remove: 'delete',
};

function wordsOf(text: string): Set<string> {
  const words = text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
  return new Set(words.map((word) => SYNONYMS[word] ?? singular(word)));
}

function singular(word: string): string {
  if (/(ch|ss|sh|x)es$/.test(word)) return word.slice(0, -2);
  if (/ies$/.test(word)) return `${word.slice(0, -3)}y`;
  return /[^s]s$/.test(word) ? word.slice(0, -1) : word;
}

function isSubset(part: ReadonlySet<string>, whole: ReadonlySet<string>): boolean {
  return [...part].every((word) => whole.has(word));
}
