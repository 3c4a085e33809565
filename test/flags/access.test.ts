import { describe, expect, test } from 'vitest';
import { organizationOf } from '../../src/api/organization.ts';
import { ACCESS } from '../../src/flags/access.ts';
import { Failure } from '../../src/text/errors.ts';
import { plain, type Text } from '../../src/text/text.ts';
import { checkDatabases } from '../../src/tokens/databases.ts';
import {
  type Answer,
  brokenConnection,
  createTestClient,
  databaseRow,
  interceptApi,
  json,
  SERVICE_TOKEN,
  status,
  USER,
} from '../support/api.ts';
import { failureOf, told } from '../support/host.ts';

const api = interceptApi();

/** What was warned of, and shown as progress. */
function surroundings() {
  const warnings: string[] = [];
  const shown: string[] = [];
  const progress = {
    start: (message: Text) => void shown.push(plain(message)),
    update: () => {},
    stop: () => {},
  };
  return { warnings, shown, progress, warn: (warning: Text) => void warnings.push(plain(warning)) };
}

/** What the flags mean, each `--access` given by its value. */
function planOf(access: readonly string[], force = false, { warn } = surroundings()) {
  const given = new Map([
    ...(access.length > 0 ? [['--access', access] as const] : []),
    ...(force ? [['--force', []] as const] : []),
  ]);
  return ACCESS.read(given, { warn }).changes;
}

describe('the plan of all --access', () => {
  test('of none is empty', () => {
    expect(planOf([])).toEqual([]);
  });

  test('has a database before the equals sign, or is on the organization', () => {
    expect(planOf(['shop=read_branch,create_branch', 'read_databases', 'blog=connect_branch'])).toEqual([
      { database: 'shop', access: ['read_branch', 'create_branch'] },
      { database: '', access: ['read_databases'] },
      { database: 'blog', access: ['connect_branch'] },
    ]);
  });

  test('takes what is said of one scope together, each access once', () => {
    expect(
      planOf([
        'shop=read_branch',
        'read_databases',
        'shop=create_branch,read_branch',
        'read_organization,read_databases',
      ]),
    ).toEqual([
      { database: 'shop', access: ['read_branch', 'create_branch'] },
      { database: '', access: ['read_databases', 'read_organization'] },
    ]);
  });

  test.each([
    // A variable that is not set never widens a database grant to the organization.
    ['=read_branch', '--access =read_branch names no database'],
    ['=', '--access = names no permission'],
    ['', '--access "" names no permission'],
    ['shop=', '--access shop= names no permission'],
  ])('refuses %j', async (value, message) => {
    const failure = await failureOf(() => planOf(['read_databases', value], true));
    expect([failure.code, failure.message]).toEqual(['INVALID_USAGE', message]);
    expect(told(failure)).toContain('Perhaps a shell variable is empty.');
  });

  test.each([
    ['shop=read_branch,', '""'],
    ['shop=read_branch,,create_branch', '""'],
    ['read_databases shop=read_branch', 'read_databases shop'],
    ['../shop=read_branch', '../shop'],
    ['..=read_branch', '..'],
    ['sh\u001bop=read_branch', 'database name'],
  ])('refuses %j, even by force', async (value, named) => {
    const failure = await failureOf(() => planOf([value], true));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(failure.message).toContain(named);
    expect(told(failure)).not.toContain('a word of its own');
  });

  test.each([
    ['read_branch', 'Use it with --access <database>=read_branch.'],
    ['shop=read_databases', 'Use it with --access read_databases, or did you mean read_database?'],
    ['shop=read_brnch', 'Did you mean read_branch?'],
  ])('refuses the mistake %s with advice in its own spelling', async (value, advice) => {
    const failure = await failureOf(() => planOf([value]));
    expect(failure.code).toBe('INVALID_USAGE');
    expect(told(failure)).toContain(advice);
    expect(told(failure)).toContain('--force');
    expect(planOf([value], true)).toHaveLength(1);
  });

  test('warns of a name that nobody knows, and plans it', () => {
    const around = surroundings();
    const plan = planOf(['shop=paint_everything_blue'], false, around);
    expect(plan).toEqual([{ database: 'shop', access: ['paint_everything_blue'] }]);
    expect(around.warnings).toEqual([expect.stringContaining('paint_everything_blue')]);
  });
});

describe('the look at the databases of a plan', () => {
  const plan = [
    { database: 'shop', access: ['read_branch'] },
    { database: '', access: ['read_databases'] },
    { database: 'blog', access: ['read_branch'] },
  ];

  async function looking(credentials = USER, changes: readonly (typeof plan)[number][] = plan) {
    const around = surroundings();
    const client = createTestClient({ credentials });
    const failure = await checkDatabases(changes, organizationOf(client, 'acme'), {
      ...around,
      client: async () => client,
    }).catch((error: unknown) => error);
    if (failure !== undefined && !(failure instanceof Failure)) throw failure;
    return { failure, ...around };
  }

  test('asks for each, and for nothing where there is none', async () => {
    api().always((request) => json({ ...databaseRow, name: request.url.split('/').at(-1) })(request));
    const { failure, warnings, shown } = await looking();
    expect(failure).toBeUndefined();
    expect(warnings).toEqual([]);
    expect(shown).toEqual(['Looking up databases of org acme']);
    expect(api().log.toSorted()).toEqual([
      'GET /v1/organizations/acme/databases/blog',
      'GET /v1/organizations/acme/databases/shop',
    ]);
    const { shown: nothing } = await looking(USER, [{ database: '', access: ['read_databases'] }]);
    expect(nothing).toEqual([]);
    expect(api().log).toHaveLength(2);
  });

  const answerBlog = (answer: Answer): void =>
    api().always((request) => (request.url.endsWith('/blog') ? answer : json(databaseRow))(request));

  test.each([404, 403])('ends a user’s command at status %i', async (code) => {
    answerBlog(status(code));
    const { failure, warnings } = await looking();
    expect(failure?.code).toBe(code === 404 ? 'NOT_FOUND' : 'FORBIDDEN');
    expect(warnings).toEqual([]);
  });

  test.each([404, 403])('warns under a service token at status %i: that proves nothing', async (code) => {
    answerBlog(status(code));
    const { failure, warnings } = await looking(SERVICE_TOKEN);
    expect(failure).toBeUndefined();
    expect(warnings).toEqual([
      'database blog is not visible to the service token in use; granting will show whether it exists',
    ]);
  });

  test.each<[string, Answer, string]>([
    ['void credentials', status(401), 'AUTH_INVALID'],
    ['a broken API', status(500), 'API_ERROR'],
    ['a broken connection', brokenConnection, 'NETWORK_ERROR'],
    ['an answer that is no database', json({}), 'INVALID_RESPONSE'],
  ])('ends the command of a service token, too, at %s', async (_, answer, code) => {
    answerBlog(answer);
    expect((await looking(SERVICE_TOKEN)).failure?.code).toBe(code);
  });
});
