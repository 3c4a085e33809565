import { type Column, type Result, tabulate } from '../output/result.ts';
import { goTime } from '../values/time.ts';
import { type GrantRow, grantsData } from './grants.ts';

/** Whose requests are sent, as far as is known. */
export interface Identity {
  readonly kind: 'service token' | 'user';
  /** Of a service token. */
  readonly id: string | null;
  /** Where the credentials come from. */
  readonly source: string;
  /** Of a service token, where it may be read. */
  readonly name: string | null;
  readonly expires_at: string | null;
  /** Whether the token itself may be read, so that its name and end are known. */
  readonly isKnown: boolean;
  readonly organization: string | null;
  readonly organizationSource: string | null;
  /** Whether the credentials see that organization. */
  readonly isVisible: boolean;
  /** All that the credentials see. */
  readonly organizations: readonly string[];
  /** What a service token holds; undefined where that may not be read, and for users. */
  readonly grants: readonly GrantRow[] | undefined;
}

const UNKNOWN = { words: 'unknown (needs read_service_tokens)', tone: 'absent' } as const;
/** What a user may do is decided by a role, which the API does not tell. */
const BY_ROLE = { words: 'unknown (as your role in the organization)', tone: 'absent' } as const;

const COLUMNS: readonly Column<Identity>[] = [
  { header: 'Kind', cell: ({ kind }) => (kind === 'user' ? 'user access token' : kind) },
  { header: 'ID', cell: ({ id }) => id ?? '', whenEmpty: 'none' },
  {
    header: 'Name',
    cell: ({ name, isKnown, kind }) => (isKnown || kind === 'user' ? (name ?? '') : UNKNOWN),
    tone: 'name',
  },
  { header: 'Credentials', cell: ({ source }) => `from ${source}` },
  {
    header: 'ExpiresAt',
    cell: ({ expires_at, isKnown, kind }) =>
      isKnown || kind === 'user' ? { time: expires_at, isEnd: true } : UNKNOWN,
    whenEmpty: 'never',
  },
  {
    header: 'Organization',
    cell: ({ organization, organizationSource, isVisible }) =>
      organization === null
        ? ''
        : `${organization} (${organizationSource})${isVisible ? '' : ': these credentials do not see it'}`,
    whenEmpty: 'none given',
  },
  { header: 'Organizations', cell: ({ organizations }) => organizations, whenEmpty: 'none' },
  {
    header: 'Accesses',
    cell: ({ grants, kind }) => {
      if (grants === undefined) return kind === 'user' ? BY_ROLE : UNKNOWN;
      return grants.map(
        ({ resource_name, accesses }) => `${resource_name ?? 'unknown'}: ${accesses.join(' ')}`,
      );
    },
    whenEmpty: 'none',
    tone: 'granted',
  },
];

/** Who the credentials make requests as. What is not known is null in JSON. */
export function identity(known: Identity): Result {
  const { kind, id, source, name, expires_at, organization, organizationSource, isVisible } = known;
  const columns = kind === 'user' ? COLUMNS.filter(({ header }) => !OF_TOKENS.includes(header)) : COLUMNS;
  return {
    data: {
      kind,
      id,
      name,
      source,
      expires_at: expires_at === null ? null : goTime(expires_at),
      organization,
      organization_source: organizationSource,
      organization_visible: organization === null ? null : isVisible,
      organizations: known.organizations,
      accesses: known.grants ? grantsData(known.grants) : null,
    },
    table: tabulate(columns, [known]),
    human: { kind: 'record' },
  };
}

const OF_TOKENS: readonly string[] = ['ID', 'Name', 'ExpiresAt'];
