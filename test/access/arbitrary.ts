import fc from 'fast-check';

/** A token of a seed, as the emulator takes it. */
export interface SeedToken {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  readonly cidrs: readonly string[];
  readonly access: readonly { readonly database?: string; readonly access: readonly string[] }[];
}

/** A token as a file says it. */
export interface FileToken {
  readonly access?:
    | {
        readonly organization?: readonly string[] | undefined;
        readonly databases?: Readonly<Record<string, readonly string[]>> | undefined;
      }
    | undefined;
  readonly cidrs?: readonly string[] | undefined;
  readonly ttl?: string | undefined;
  readonly previously?: readonly string[] | undefined;
}

export interface FileContent {
  readonly owns: readonly string[];
  readonly tokens: Readonly<Record<string, FileToken>>;
  readonly absent: readonly string[];
}

/** Names that files are about, and some that no file owns. */
export const OWNED = ['ci-a', 'ci-b', 'ci-c', 'ci-d'];
const FOREIGN = ['x', 'y', 'ci'];
export const OWNS = ['ci-*'];

const ORGANIZATION = ['read_databases', 'create_databases', 'read_organization'];
const DATABASE = ['read_branch', 'create_branch', 'delete_branch', 'read_backups'];
const NETWORKS = ['203.0.113.0/24', '203.0.113.7/32', '198.51.100.0/25'];

const networks = fc.subarray(NETWORKS);

const held = fc
  .record({ '': fc.subarray(ORGANIZATION), shop: fc.subarray(DATABASE), blog: fc.subarray(DATABASE) })
  .map((scopes) =>
    Object.entries(scopes).flatMap(([database, access]) =>
      access.length === 0 ? [] : [{ ...(database !== '' && { database }), access }],
    ),
  );

const OLD = '2026-04-01T00:00:00Z';

function seedToken(id: string, name: string | null): fc.Arbitrary<SeedToken> {
  return fc.record({
    id: fc.constant(id),
    name: fc.constant(name),
    created_at: fc.constant(OLD),
    expires_at: fc.constantFrom(
      null,
      null,
      null,
      '2026-04-20T00:00:00Z',
      '2026-05-02T00:00:00Z',
      '2027-01-01T00:00:00Z',
    ),
    cidrs: networks,
    access: held,
  });
}

/** Tokens as they may be: some of them of one name, or left by an apply that was cut. */
export const state: fc.Arbitrary<readonly SeedToken[]> = fc
  .record({
    once: fc.subarray([...OWNED, ...FOREIGN]),
    twice: fc.oneof(
      { weight: 4, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.subarray(FOREIGN) },
    ),
    unfinished: fc.oneof(
      { weight: 3, arbitrary: fc.constant<string[]>([]) },
      { weight: 1, arbitrary: fc.subarray(OWNED) },
    ),
  })
  .chain(({ once, twice, unfinished }) => {
    const names = [...once, ...twice, ...unfinished.map((name) => `${name} (unfinished)`)];
    return fc.tuple(...names.map((name, index) => seedToken(`tok${String(index).padStart(9, '0')}`, name)));
  });

function fileToken(formers: readonly string[]): fc.Arbitrary<FileToken> {
  const access = fc.record({
    organization: fc.option(fc.subarray(ORGANIZATION), { nil: undefined }),
    databases: fc.option(
      fc.dictionary(fc.constantFrom('shop', 'blog'), fc.subarray(DATABASE), { noNullPrototype: true }),
      { nil: undefined },
    ),
  });
  return fc.record({
    access: fc.option(access, { nil: undefined }),
    cidrs: fc.option(networks, { nil: undefined }),
    ttl: fc.option(fc.constantFrom('90d', '12h', '3600'), { nil: undefined }),
    previously: formers.length === 0 ? fc.constant(undefined) : fc.constant(formers),
  });
}

/** Files about {@link OWNED}: each name is listed, a former name of a listed one, absent, or left out. */
export const file: fc.Arbitrary<FileContent> = fc
  .record({
    roles: fc.tuple(
      ...OWNED.map(() => fc.constantFrom('listed', 'listed', 'listed', 'former', 'absent', 'left out')),
    ),
    isChain: fc.constantFrom(true, false, false),
  })
  .chain(({ roles, isChain }) => {
    const named = (role: string): string[] => OWNED.filter((_, index) => roles[index] === role);
    const [first, ...others] = named('listed');
    // All former names go to the first of the listed ones.
    const formers = named('former').slice(0, 1);
    return fc
      .record({
        first: fileToken(formers),
        // Sometimes the second one takes the name that the first one gives up.
        others: fc.tuple(...others.map((_, at) => fileToken(at === 0 && isChain && first ? [first] : []))),
      })
      .map(({ first: token, others: rest }) => ({
        owns: OWNS,
        tokens:
          first === undefined
            ? {}
            : Object.fromEntries([[first, token], ...others.map((name, at) => [name, rest[at] ?? {}])]),
        absent: named('absent'),
      }));
  });

/** The text of a file: JSON is YAML. */
export function textOf(content: FileContent): string {
  return JSON.stringify({ version: 1, organization: 'acme', ...content });
}
