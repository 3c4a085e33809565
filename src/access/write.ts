import type { AccessChange } from '../api/client.ts';
import { ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { spelledDuration } from '../values/duration.ts';
import { byText } from './access-file.ts';

/** A token as a file says it. */
export interface WrittenEntry {
  readonly name: string;
  /** Undefined where the name is enough. */
  readonly id: string | undefined;
  readonly access: readonly AccessChange[];
  /** Canonical or as the API has them; none for any address. */
  readonly cidrs: readonly string[];
  /** Seconds; undefined for one that does not expire, or where nobody can tell. */
  readonly ttl: number | undefined;
  /** What people are told of it, a line each. */
  readonly comments: readonly string[];
}

export interface FileContent {
  readonly organization: string;
  readonly owns: readonly string[];
  readonly tokens: readonly WrittenEntry[];
  /** What is not decided, and why, a line each. */
  readonly comments: readonly string[];
}

/** The text of a file: sorted, the same bytes for the same content. */
export function writeAccessFile({ organization, owns, tokens, comments }: FileContent): string {
  const entries = tokens.toSorted((one, other) => byText(one.name, other.name)).flatMap(entryLines);
  return [
    '# yaml-language-server: $schema=./service-tokens.schema.json',
    'version: 1',
    `organization: ${scalar(organization)}`,
    ...block('owns', owns.toSorted(byText)),
    ...(entries.length === 0 ? ['tokens: {}'] : ['tokens:', ...entries]),
    ...(comments.length === 0 ? [] : ['# Not decided here:', ...comments.toSorted(byText).map(comment)]),
    '',
  ].join('\n');
}

function entryLines({ name, id, access, cidrs, ttl, comments }: WrittenEntry): string[] {
  const organization = access.find(({ database }) => database === ORGANIZATION_LEVEL);
  const databases = access
    .filter(({ database }) => database !== ORGANIZATION_LEVEL)
    .toSorted((one, other) => byText(one.database, other.database));
  return [
    ...comments.map((line) => `  ${comment(line)}`),
    ...keyed(name, 2),
    ...(id === undefined ? [] : [`    id: ${scalar(id)}`]),
    ...(access.length === 0 ? ['    access: {}'] : ['    access:']),
    ...(organization ? [`      organization: ${flow(organization.access.toSorted(byText))}`] : []),
    ...(databases.length === 0 ? [] : ['      databases:']),
    ...databases.map(
      ({ database, access: names }) => `        ${scalar(database)}: ${flow(names.toSorted(byText))}`,
    ),
    `    cidrs: ${flow(cidrs.toSorted(byText))}`,
    ...(ttl === undefined ? [] : [`    ttl: ${spelledDuration(ttl)}`]),
  ];
}

/** YAML takes no more than so many characters of a key in front of its colon. */
const LONGEST_KEY = 1_000;

function keyed(name: string, indent: number): string[] {
  const key = scalar(name);
  const space = ' '.repeat(indent);
  return key.length <= LONGEST_KEY ? [`${space}${key}:`] : [`${space}? ${key}`, `${space}:`];
}

/** A list of which a diff shows each entry by itself. */
function block(key: string, values: readonly string[]): string[] {
  return values.length === 0 ? [`${key}: []`] : [`${key}:`, ...values.map((value) => `  - ${scalar(value)}`)];
}

function flow(values: readonly string[]): string {
  return `[${values.map(scalar).join(', ')}]`;
}

/** What every reader of YAML takes for text without quotes. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_.-]*$|^\d{1,3}(\.\d{1,3}){3}(\/\d{1,2})?$/;
/** Unless it is one of the words that some of them take for something else. */
const MEANING = /^(y|n|yes|no|on|off|true|false|null|nan|inf|infinity)$/i;

function scalar(value: string): string {
  return PLAIN.test(value) && !MEANING.test(value) ? value : quoted(value);
}

/** What no editor shows, or would obey: controls, formats, separators, and what is not valid text. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** In double quotes: JSON's escapes are YAML's as well. */
function quoted(value: string): string {
  return JSON.stringify(value).replace(UNSEEN, escaped);
}

function escaped(character: string): string {
  return [...Array(character.length).keys()]
    .map((at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`)
    .join('');
}

/** A comment of one line, whatever is in it. */
function comment(line: string): string {
  return `# ${line.replace(UNSEEN, escaped)}`;
}
