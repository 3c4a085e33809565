import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { startEmulator } from '../../src/emulator/index.ts';
import { runInMemory } from '../support/host.ts';
import { createFolder, inWorld, World } from './world.ts';

const OLD = '2026-04-01T00:00:00Z';

function file(rest: string, owns = '["ci-*"]'): string {
  return `version: 1\norganization: acme\nowns: ${owns}\n${rest}`;
}

interface Change {
  readonly action: string;
  readonly id: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The changes of a plan, each by its action and its token. */
async function changesOf(world: World): Promise<string[]> {
  const { stdout, stderr, status } = await world.run('plan', 'tokens.yml', '--format', 'json');
  expect(status, stdout + stderr).toBe(0);
  const { changes }: { changes: Change[] } = JSON.parse(stdout);
  return changes.map(
    ({ action, id, after }) => `${action} ${id ?? 'new'}${action === 'rename' ? ` ${after}` : ''}`,
  );
}

/** Why a name is left out of a plan, which is otherwise made. */
async function decisionsOf(world: World): Promise<string[]> {
  const { stdout, stderr } = await world.run('plan', 'tokens.yml', '--fail-if-any');
  expect(stderr).toBe('');
  return stdout.split('\n').flatMap((line) => /^Needs a decision: (.*)$/.exec(line)?.[1] ?? []);
}

function token(id: string, name: string) {
  return { id, name, created_at: OLD };
}

describe('which token is which', () => {
  test('an id has to be that of the token of the name', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'x')], async (world) => {
      world.folder.write(file('tokens: {ci-a: {id: tok3}}'));
      expect(await decisionsOf(world)).toEqual([
        `ci-a (tokens.yml:4:10): the token named ci-a is tok1, created at 2026-04-01T00:00:00.000Z; the file says tok3, which is gone. If you replaced it (rotate does), write id: tok1; if not, it is not yours.`,
      ]);
      world.folder.write(file('tokens: {ci-b: {id: tok3}}'));
      expect(await decisionsOf(world)).toEqual([
        'ci-b (tokens.yml:4:10): there is no token tok3: remove id to create another one',
      ]);
      world.folder.write(file('tokens: {ci-b: {id: tok2}}'));
      expect(await decisionsOf(world)).toEqual([
        'ci-b (tokens.yml:4:10): token tok2 is named x, not ci-b: add that name to previously to rename it',
      ]);
    }));

  test('several tokens of a name need a decision where it is listed, formerly or to be absent, and are reported elsewhere', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-a')], async (world) => {
      for (const rest of ['tokens: {ci-a: {}}', 'tokens: {ci-b: {previously: [ci-a]}}', 'absent: [ci-a]']) {
        world.folder.write(file(rest));
        expect(await decisionsOf(world)).toEqual([
          expect.stringMatching(
            /^ci-[ab] \(tokens\.yml:4:1?\d\): 2 tokens are named ci-a: tok1, tok2\. Rename or delete the others\.$/,
          ),
        ]);
      }
      world.folder.write(file('tokens: {}'));
      const { stdout } = await world.run('plan', 'tokens.yml');
      expect(stdout).toContain('Not in the file, and several tokens have one name: ci-a (tok1, tok2).');
    }));

  test('a former name beside the new one needs a decision', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-b')], async (world) => {
      world.folder.write(file('tokens: {ci-a: {previously: [ci-b]}}'));
      expect(await decisionsOf(world)).toEqual([
        expect.stringContaining('ci-a (tok1) and ci-b (tok2) both exist, but one should be renamed'),
      ]);
    }));

  test('names are handed on from the end of a chain', () =>
    inWorld([token('tok1', 'ci-1'), token('tok2', 'ci-2'), token('tok3', 'ci-3')], async (world) => {
      world.folder.write(
        file('tokens: {ci-2: {previously: [ci-1]}, ci-3: {previously: [ci-2]}, ci-4: {previously: [ci-3]}}'),
      );
      expect(await changesOf(world)).toEqual(['rename tok3 ci-4', 'rename tok2 ci-3', 'rename tok1 ci-2']);
    }));

  test('what nobody can tell is asked for, and an id answers it', () =>
    inWorld([token('tok1', 'ci-b')], async (world) => {
      const tokens = (a: string, b: string) =>
        file(`tokens: {ci-a: {previously: [ci-b]${a}}, ci-b: {access: {}${b}}}`);
      world.folder.write(tokens('', ''));
      expect(await decisionsOf(world)).toEqual([
        'ci-a (tokens.yml:4:10): whether token tok1 becomes it depends on ci-b',
        expect.stringContaining('write id: tok1 under the right one'),
      ]);
      world.folder.write(tokens(', id: tok1', ''));
      expect(await changesOf(world)).toEqual(['rename tok1 ci-a', 'create new']);
      world.folder.write(tokens('', ', id: tok1'));
      expect(await changesOf(world)).toEqual(['create new']);
    }));

  test('an id whose token a rotation has replaced means the new one, and the line to change is named', () =>
    inWorld(
      [
        token('toknew000001', 'ci-a'),
        {
          ...token(
            'tokold000001',
            'ci-a (until 2026-05-02T10:00:00Z, before never, replaced by toknew000001)',
          ),
          expires_at: '2026-05-02T10:00:00Z',
        },
      ],
      async (world) => {
        world.folder.write(file('tokens: {ci-a: {id: tokold000001}}'));
        expect(await changesOf(world)).toEqual([]);
        const { stdout, status } = await world.run('plan', 'tokens.yml', '--fail-if-any');
        expect(status).toBe(0);
        expect(stdout).toContain(
          'Replaced by rotate: ci-a is toknew000001 now. In tokens.yml:4:10, change id: tokold000001 to id: toknew000001.',
        );
      },
    ));
});

describe('a name that says that a rotation replaced the token', () => {
  const END = '2026-05-02T10:00:00Z';
  const NAME = `ci-a (until ${END}, before never, replaced by toknew000001)`;
  const OLD_ONE = { ...token('tokold000001', NAME), expires_at: END };
  const NEW_ONE = token('toknew000001', 'ci-a');

  test('has a row of its own that tells when it ends, and hides nothing from --strict', () =>
    inWorld([NEW_ONE, OLD_ONE], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      expect(await changesOf(world)).toEqual([]);
      const plan = await world.run('plan', 'tokens.yml', '--strict');
      expect(plan.stdout).toContain(
        'Ends at 2026-05-02T10:00:00.000Z: ci-a (tokold000001); toknew000001 replaces it. Owned, but not listed.',
      );
      expect(plan.stdout).not.toContain('List it under');
      expect(plan.status).toBe(3);
      expect((await world.run('plan', 'tokens.yml', '--fail-if-any')).status).toBe(0);
    }));

  test('keeps it from being deleted up to its end, and no longer', () =>
    inWorld([NEW_ONE, OLD_ONE], async (world) => {
      world.folder.write(file(`tokens: {ci-a: {}}\nabsent: [${JSON.stringify(NAME)}]`));
      expect(await changesOf(world)).toEqual([]);
      const plan = await world.run('plan', 'tokens.yml', '--strict');
      expect(plan).toMatchObject({ status: 0 });
      expect(plan.stdout).toContain('Ends at 2026-05-02T10:00:00.000Z: ci-a (tokold000001)');
      const ended = { ...OLD_ONE, name: NAME.replace(END, OLD), expires_at: OLD };
      await inWorld([NEW_ONE, ended], async (later) => {
        later.folder.write(file(`tokens: {ci-a: {}}\nabsent: [${JSON.stringify(ended.name)}]`));
        expect(await changesOf(later)).toEqual(['delete tokold000001']);
      });
    }));

  test.each([
    ['another end', [NEW_ONE, { ...OLD_ONE, expires_at: '2026-05-02T10:01:01Z' }]],
    ['no end', [NEW_ONE, { ...OLD_ONE, expires_at: null }]],
    ['no replacement', [OLD_ONE]],
    ['an older replacement', [{ ...NEW_ONE, created_at: '2025-01-01T00:00:00Z' }, OLD_ONE]],
  ])('and has %s is an ordinary token, and said to be', (_, tokens) =>
    inWorld(tokens, async (world) => {
      world.folder.write(file(`tokens: {}\nabsent: []`));
      const plan = await world.run('plan', 'tokens.yml', '--strict');
      expect(plan.status).toBe(3);
      expect(plan.stdout).toContain(
        `Not replaced: ${NAME} (tokold000001) has the name of a rotated token, but its expiry or its replacement does not match. Owned, but not listed.`,
      );
      world.folder.write(file(`absent: [${JSON.stringify(NAME)}]`));
      expect(await changesOf(world)).toEqual(['delete tokold000001']);
    }),
  );

  test('is not reported by a file that does not own it', () =>
    inWorld([{ ...OLD_ONE, name: NAME.replace('ci-a', 'x') }, NEW_ONE], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      const plan = await world.run('plan', 'tokens.yml', '--strict');
      expect(plan.stdout).not.toContain('tokold000001');
      expect(plan.status).toBe(0);
    }));
});

test('names that only look like one of the file are quoted and told, owned or not', () =>
  inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-a '), token('tok3', '\u0441i-a')], async (world) => {
    world.folder.write(file('tokens: {ci-a: {}}'));
    const { stdout } = await world.run('plan', 'tokens.yml');
    expect(stdout).toContain('Owned, but not listed: "ci-a " (tok2');
    expect(stdout).toContain('Not the same: "ci-a " (tok2) looks like "ci-a", and is another name.');
    expect(stdout).toContain('Not the same: "\u0441i-a" (tok3) looks like "ci-a", and is another name.');
    expect(stdout).not.toContain('(tok1)');
    world.folder.write(file('absent: ["ci-a "]'));
    expect((await world.run('plan', 'tokens.yml')).stdout).toContain('"ci-a " (tok2)\n  deleted\n');
  }));

describe('what is not decided', () => {
  test('access and cidrs that are left out stay; a scope that is left out within access holds nothing', () =>
    inWorld(
      [
        {
          id: 'tok1',
          name: 'ci-a',
          created_at: OLD,
          cidrs: ['203.0.113.0/24'],
          access: [{ access: ['read_databases'] }, { database: 'shop', access: ['read_branch'] }],
        },
      ],
      async (world) => {
        world.folder.write(file('tokens: {ci-a: {}}'));
        expect(await changesOf(world)).toEqual([]);
        expect(world.emulator.requests.map(({ url }) => url)).toEqual([
          '/v1/organizations/acme/service-tokens?per_page=100',
        ]);
        world.folder.write(file('tokens: {ci-a: {access: {organization: [read_databases]}, cidrs: []}}'));
        expect(await changesOf(world)).toEqual(['remove tok1', 'restrict tok1']);
      },
    ));

  test('grants of a kind that nobody has published are left alone, and said to be', async () => {
    const folder = createFolder();
    const emulator = await startEmulator({
      seed: {
        tokens: [{ id: 'tok1', name: 'ci-a', created_at: OLD, access: [{ access: ['read_databases'] }] }],
      },
      reshape: (body, { url }) => {
        const text = JSON.stringify(body);
        return url.includes('/grants') ? JSON.parse(text.replaceAll('read_databases', 'read_branch')) : body;
      },
    });
    try {
      const world = new World(emulator, folder);
      folder.write(file('tokens: {ci-a: {id: tok1, access: {}}}'));
      const plan = await world.run('plan', 'tokens.yml');
      expect(plan).toMatchObject({ status: 2 });
      expect(plan.stdout).toContain(
        'Needs a decision: ci-a (tokens.yml:4:10): ci-a (tok1) holds permissions of a kind that this program does not understand',
      );
      const applied = await world.run('apply', 'tokens.yml', '--force');
      expect(applied).toMatchObject({ status: 2 });
      expect(applied.stdout).toContain('Nothing to change: every other listed token is as tokens.yml says.');
      expect(world.changesSent()).toEqual([]);
      expect((await world.run('export')).stdout).toContain('# ci-a (tok1): it holds permissions of a kind');
    } finally {
      await emulator.close();
      folder.remove();
    }
  });

  test('what cannot be read needs a decision, ends with 2, and leaves out that token alone', () =>
    inWorld(
      [
        { id: 'tok1', name: 'ci-a', created_at: OLD },
        { id: 'tok2', name: 'ci-b', created_at: OLD },
      ],
      async (world) => {
        world.folder.write(
          file('tokens: {ci-a: {access: {organization: [read_databases]}}}\nabsent: [ci-b]'),
        );
        const hidden = { answer: 403, count: 1, path: /tok1\/grants$/ };
        world.emulator.inject(hidden);
        const plan = await world.run('plan', 'tokens.yml', '--fail-if-any');
        expect(plan).toMatchObject({ status: 2 });
        expect(plan.stdout).toContain(
          'Needs a decision: ci-a (tokens.yml:4:10): the permissions of ci-a (tok1) could not be read: ',
        );
        expect(plan.stdout).toContain('ci-b (tok2)\n  deleted\n');
        expect(plan.stderr).toContain('the permissions of ci-a (tok1) could not be read');
        world.emulator.inject(hidden);
        const apply = await world.run('apply', 'tokens.yml', '--force');
        expect(apply).toMatchObject({ status: 2 });
        expect(apply.stderr).toContain(
          'ci-a needs a decision: the permissions of ci-a (tok1) could not be read',
        );
        expect(world.changesSent()).toEqual(['DELETE /tok2 null']);
      },
    ));
});

describe('the status of plan', () => {
  const expired = { expires_at: '2026-04-30T00:00:00Z' };

  interface Case {
    readonly what: string;
    readonly fields?: object;
    /** What becomes of a second token: nothing, or its deletion. */
    readonly second?: 'unlisted' | 'absent';
    readonly flags: readonly string[];
    readonly status: number;
  }

  const CASES: readonly Case[] = [
    { what: 'nothing differs', flags: [], status: 0 },
    { what: 'nothing differs', flags: ['--strict'], status: 0 },
    { what: 'a listed token has expired', fields: expired, flags: [], status: 0 },
    { what: 'a listed token has expired', fields: expired, flags: ['--fail-if-any'], status: 3 },
    { what: 'a token is owned, but not listed', second: 'unlisted', flags: ['--fail-if-any'], status: 0 },
    { what: 'a token is owned, but not listed', second: 'unlisted', flags: ['--strict'], status: 3 },
    { what: 'a token is to be deleted', second: 'absent', flags: [], status: 0 },
    { what: 'a token is to be deleted', second: 'absent', flags: ['--fail-if-any'], status: 3 },
  ];

  test.each(CASES)('$what, with $flags: $status', ({ fields = {}, second, flags, status }) =>
    inWorld(
      [
        { id: 'tok1', name: 'ci-a', created_at: OLD, ...fields },
        ...(second ? [{ id: 'tok2', name: 'ci-b', created_at: OLD }] : []),
      ],
      async (world) => {
        world.folder.write(file(`tokens: {ci-a: {}}\n${second === 'absent' ? 'absent: [ci-b]\n' : ''}`));
        expect((await world.run('plan', 'tokens.yml', ...flags)).status).toBe(status);
      },
    ),
  );

  test('names who made what it would grant to, and what expires soon', () =>
    inWorld(
      [{ id: 'tok1', name: 'ci-a', created_at: OLD, expires_at: '2026-05-02T00:00:00Z' }],
      async (world) => {
        world.folder.write(file('tokens: {ci-a: {access: {organization: [read_databases]}}}'));
        const { stdout } = await world.run('plan', 'tokens.yml');
        expect(stdout).toContain(
          'Check that ci-a is yours: tok1 was created at 2026-04-01T00:00:00Z by Robin',
        );
        expect(stdout).toContain('Expires soon: ci-a (tok1) at 2026-05-02T00:00:00Z.');
        world.folder.write(file('tokens: {ci-a: {id: tok1, access: {organization: [read_databases]}}}'));
        expect((await world.run('plan', 'tokens.yml')).stdout).not.toContain('Check that');
      },
    ));
});

describe('the organization', () => {
  test('of the file counts, unless a flag or the environment names another', () =>
    inWorld([], async (world) => {
      world.folder.write(file('tokens: {}').replace('acme', 'other'));
      const refused = await world.run('plan', 'tokens.yml');
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toBe(
        'Error: tokens.yml is about organization other, and PLANETSCALE_ORG says acme\nNothing was sent. Leave PLANETSCALE_ORG out, or use the file of acme.\n',
      );
      expect(world.emulator.requests).toEqual([]);
      const { PLANETSCALE_ORG: _, ...variables } = world.options.variables ?? {};
      world.folder.write(file('tokens: {}'));
      world.folder.write('org: another\n', '.pscale.yml');
      const options = { ...world.options, variables };
      expect(await runInMemory(['access', 'plan', 'tokens.yml'], options)).toMatchObject({ status: 0 });
    }));
});

describe('markdown', () => {
  const HOSTILE = 'ci-`@team` |<b>[x](http://e.test) #1';

  test('shows what comes from outside in code spans only', () =>
    inWorld([{ id: 'tok1', name: HOSTILE, created_at: OLD }], async (world) => {
      world.folder.write(file(`absent: [${JSON.stringify(HOSTILE)}]`));
      const { stdout, status } = await world.run(
        'plan',
        'tokens.yml',
        '--format',
        'markdown',
        '--fail-if-any',
      );
      expect(status).toBe(3);
      expect(stdout).toContain('`ci-\\x60@team\\x60 \\x7c<b>[x](http://e.test) #1` (`tok1`)\n- deleted\n');
      const outside = stdout.replace(/`[^`\n]*`/g, '');
      expect(outside).not.toMatch(/[`@<[|#]|http/);
    }));

  test('is cut where it is longer than a comment may be, and says so', () =>
    inWorld(
      Array.from({ length: 400 }, (_, at) => ({
        id: `tok${at}`,
        name: `ci-${'x'.repeat(200)}-${at}`,
        created_at: OLD,
      })),
      async (world) => {
        const absent = world.tokens().map(({ name }) => name);
        world.folder.write(file(`absent: ${JSON.stringify(absent)}`));
        const { stdout } = await world.run('plan', 'tokens.yml', '--format', 'markdown');
        expect(stdout.length).toBeLessThanOrEqual(60_000);
        expect(stdout).toContain('The rest is left out: it is longer than a comment may be.');
        expect(stdout).toMatch(/--plan [0-9a-f]{64} --max-deletions 400/);
      },
    ));

  test('and the digest come from one reading with --out', () =>
    inWorld([{ id: 'tok1', name: 'ci-a', created_at: OLD }], async (world) => {
      world.folder.write(file('absent: [ci-a]'));
      const out = join(world.folder.path, 'plan.json');
      const plan = ['plan', 'tokens.yml', '--format', 'markdown', '--out', out] as const;
      const { stdout } = await world.run(...plan);
      const reading = world.emulator.requests.length;
      const { digest, changes } = JSON.parse(readFileSync(out, 'utf8'));
      expect(changes).toMatchObject([{ action: 'delete', id: 'tok1' }]);
      expect(stdout).toContain(digest);
      world.emulator.requests.length = 0;
      const { stdout: json } = await world.run('plan', 'tokens.yml', '--format', 'json');
      expect(world.emulator.requests).toHaveLength(reading);
      expect(readFileSync(out, 'utf8')).toBe(json);
      const nowhere = await world.run(
        'plan',
        'tokens.yml',
        '--out',
        join(world.folder.path, 'no', 'plan.json'),
      );
      expect(nowhere).toMatchObject({ status: 1, stdout: '' });
    }));

  test('is a format of plan alone', () =>
    inWorld([], async (world) => {
      const { stderr, status } = await world.run('export', '--format', 'markdown');
      expect(status).toBe(1);
      expect(stderr).toContain('markdown');
    }));
});
