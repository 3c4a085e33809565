import { describe, expect, test } from 'vitest';
import { createContext } from '../../src/context.ts';
import { resolveScope, scopeFlags } from '../../src/flags/scope.ts';
import { silentProgress } from '../../src/output/progress.ts';
import { createStyle } from '../../src/output/style.ts';
import { describeScope } from '../../src/permissions/scope.ts';
import { resolveSettings } from '../../src/settings/resolve.ts';
import { plain } from '../../src/text/text.ts';
import { untoldTime } from '../support/fake-clock.ts';
import { createHost, failureOf, loadSettings, told } from '../support/host.ts';

/** Where a database may be named outside the command line. */
interface Ambient {
  readonly variable?: string;
  readonly project?: string;
  readonly user?: string;
}

/** What a command line says about the scope. */
interface ScopeOptions {
  readonly database?: string;
  readonly organizationLevel?: boolean;
}

function named({ database, organizationLevel = false }: ScopeOptions): string | undefined {
  const given = new Map<string, readonly string[]>([
    ...(database === undefined ? [] : [['--database', [database]] as const]),
    ...(organizationLevel ? [['--organization-level', []] as const] : []),
  ]);
  return scopeFlags('Grant').read(given, { warn: () => {} });
}

async function scope(options: ScopeOptions, ambient: Ambient = {}): Promise<string> {
  const host = createHost({
    variables: ambient.variable === undefined ? {} : { PLANETSCALE_DATABASE: ambient.variable },
  });
  const context = createContext(
    host,
    {},
    {
      time: untoldTime(),
      warn: () => {},
      note: () => {},
      tell: () => {},
      trace: () => {},
      keepSecret: () => {},
      loadSettings: (given) => loadSettings(given, host.environment),
      loadCandidates: () => Promise.resolve(() => []),
      progress: silentProgress,
      loaded: () => {},
      style: createStyle(false),
      print: () => Promise.resolve(),
      printText: () => Promise.resolve(),
      maskInLog: () => Promise.resolve(),
      show: () => Promise.resolve(),
      redacted: (text) => text,
      redactedLines: (output) => output,
      pending: () => {},
    },
  );
  const settings = resolveSettings({}, host.environment, {
    ...(ambient.project !== undefined && {
      project: { path: '~/shop/.pscale.yml', values: { database: ambient.project } },
    }),
    ...(ambient.user !== undefined && { user: { path: '~/pscale.yml', values: { database: ambient.user } } }),
    warnings: [],
  });
  return resolveScope(named(options), { ...context, settings: () => Promise.resolve(settings) });
}

const AMBIENT: readonly [Ambient, string][] = [
  [{ variable: 'shop' }, 'PLANETSCALE_DATABASE'],
  [{ project: 'shop' }, 'database in ~/shop/.pscale.yml'],
  [{ user: 'shop' }, 'database in ~/pscale.yml'],
];

describe('resolveScope', () => {
  test.each<[ScopeOptions, string]>([
    [{ database: 'shop' }, 'shop'],
    [{ organizationLevel: true }, ''],
    [{}, ''],
    [{ organizationLevel: false }, ''],
  ])('%j means %j where no database is ambient', async (options, database) => {
    expect(await scope(options)).toBe(database);
  });

  test.each(AMBIENT)('without a flag, a database from %j makes it a question', async (ambient, source) => {
    const failure = await failureOf(() => scope({}, ambient));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain(source);
    expect(told(failure)).toContain('--database shop');
    expect(told(failure)).toContain('--organization-level');
  });

  test.each(AMBIENT)('a flag answers it, whatever %j says', async (ambient) => {
    expect(await scope({ database: 'other' }, ambient)).toBe('other');
    expect(await scope({ database: 'shop' }, ambient)).toBe('shop');
    expect(await scope({ organizationLevel: true }, ambient)).toBe('');
  });

  test.each<Ambient>([{ variable: '' }, { project: '' }, { user: '' }])(
    'an empty database in %j is none',
    async (ambient) => {
      expect(await scope({}, ambient)).toBe('');
    },
  );

  test.each([...AMBIENT.map(([ambient]) => ambient), {}])(
    'an empty --database is refused with %j: it would widen the grant',
    async (ambient) => {
      const failure = await failureOf(() => scope({ database: '' }, ambient));
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.message).toContain('--database is empty');
      expect(told(failure)).toContain('--organization-level');
    },
  );

  test.each(['shop', ''])('both flags together are refused, the database being %j', async (database) => {
    const failure = await failureOf(() => scope({ database, organizationLevel: true }));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toMatch(/--database.*--organization-level/);
  });

  test.each(['.', '..', 'a/b', 'a\\b', 'a b', 'a\n', '../databases/shop'])(
    'refuses %j, which cannot be the name of a database',
    async (database) => {
      const failure = await failureOf(() => scope({ database }));
      expect(failure.code).toBe('INVALID_USAGE');
      expect(failure.message).toContain('database name');
    },
  );
});

test.each([
  ['', 'the organization'],
  ['shop', 'database shop'],
])('describeScope says %j as "%s"', (database, words) => {
  expect(plain(describeScope(database))).toBe(words);
});
