import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type EmulatorOptions, startEmulator } from '../../src/emulator/index.ts';
import { CATALOGUE } from '../../src/permissions/catalogue.ts';
import { NOW, runInMemory } from '../support/host.ts';
import { runWithCommands } from '../support/patient.ts';
import { createFolder, inWorld, World } from './world.ts';

const OLD = '2026-04-01T00:00:00Z';
const SELF = { PLANETSCALE_SERVICE_TOKEN_ID: 'tokself00001', PLANETSCALE_SERVICE_TOKEN: 'pscale_tkn_self' };
const MANAGING = ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'];

function file(rest: string): string {
  return `version: 1\norganization: acme\nowns: ["ci-*"]\n${rest}`;
}

function token(id: string, name: string, more: object = {}) {
  return { id, name, created_at: OLD, ...more };
}

/** An API that is not quite as expected. */
async function inOtherWorld(options: EmulatorOptions, play: (world: World) => Promise<void>): Promise<void> {
  const folder = createFolder();
  const emulator = await startEmulator({ clock: { now: () => NOW }, ...options });
  try {
    await play(new World(emulator, folder));
  } finally {
    await emulator.close();
    folder.remove();
  }
}

/** A refusal before anything is changed. */
async function refusal(world: World, ...flags: readonly string[]): Promise<string> {
  const ran = await world.run('apply', 'tokens.yml', ...flags);
  expect(ran).toMatchObject({ stdout: '' });
  expect(ran.status).toBeGreaterThan(0);
  expect(world.changesSent()).toEqual([]);
  return ran.stderr;
}

describe('the approval', () => {
  test('is a digest or --force, where nobody can be asked; before any request', () =>
    inWorld([], async (world) => {
      world.folder.write(file('tokens: {}'));
      expect(await refusal(world)).toContain(
        'cannot confirm the plan (run with --plan <digest> to apply one)',
      );
      expect(await refusal(world, '--plan', 'abc')).toContain('--plan "abc" is not the digest of a plan');
      expect(await refusal(world, '--plan', '0'.repeat(64), '--force')).toContain(
        'Use only one of: --plan, --force.',
      );
      expect(world.emulator.requests).toEqual([]);
    }));

  test('is of one plan: with the digest of another nothing is changed', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-b')], async (world) => {
      world.folder.write(file('absent: [ci-a]'));
      const { stdout } = await world.run('plan', 'tokens.yml', '--format', 'json');
      const { digest }: { digest: string } = JSON.parse(stdout);
      world.folder.write(file('absent: [ci-a, ci-b]'));
      const stderr = await refusal(world, '--plan', digest, '--max-deletions', '2');
      expect(stderr).toContain('the plan made now is not the one that was approved');
      expect(stderr).toContain('Plan again with: pscale-service-token access plan tokens.yml');
      world.folder.write(file('absent: [ci-a]'));
      expect(await world.run('apply', 'tokens.yml', '--plan', digest)).toMatchObject({ status: 0 });
      // The same digest again: that plan has been applied.
      const again = await world.run('apply', 'tokens.yml', '--plan', digest);
      expect(again).toMatchObject({ status: 1, stdout: '' });
      expect(again.stderr).toContain('Part of that plan was applied, or something has changed since.');
    }));

  test('is of what a deleted token holds: after another grant nothing is deleted', () =>
    inWorld([token('tok1', 'ci-a', { access: [{ access: ['read_databases'] }] })], async (world) => {
      world.folder.write(file('absent: [ci-a]'));
      const plan = await world.run('plan', 'tokens.yml', '--format', 'json');
      expect(JSON.parse(plan.stdout).changes).toMatchObject([
        { action: 'delete', held: [{ database: '', access: ['read_databases'] }] },
      ]);
      const granted = ['add-access', 'tok1', 'create_databases', '--organization-level'];
      expect(await runInMemory(granted, world.options)).toMatchObject({ status: 0 });
      const ran = await world.run('apply', 'tokens.yml', '--plan', JSON.parse(plan.stdout).digest);
      expect(ran).toMatchObject({ status: 1, stdout: '' });
      expect(world.tokens()).toHaveLength(1);
    }));

  test('stands in a line to paste that holds all that apply asks for', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-b')], async (world) => {
      world.folder.write(file('tokens: {ci-new: {}}\nabsent: [ci-a, ci-b]'));
      const { stdout } = await world.run('plan', 'tokens.yml');
      expect(stdout).toContain('It deletes 2 tokens: apply needs --max-deletions.');
      expect(stdout).toContain('It creates ci-new: apply needs a place for the secrets');
      const [, line = ''] = /^pscale-service-token access (apply .*)$/m.exec(stdout) ?? [];
      expect(line).toMatch(/ --max-deletions 2 -e '\{name\}\.env'$/);
      expect(await world.run(...line.replaceAll("'", '').split(' '))).toMatchObject({ status: 0 });
      expect(world.tokens().map(({ name }) => name)).toEqual(['ci-new']);
    }));

  test('is of one API: the same changes at another address are another plan', () =>
    inWorld([token('tok1', 'ci-a')], async (world) => {
      world.folder.write(file('absent: [ci-a]'));
      const digestAt = async (url: string): Promise<string> => {
        const { stdout } = await world.run('plan', 'tokens.yml', '--format', 'json', '--api-url', url);
        return JSON.parse(stdout).digest;
      };
      const { url } = world.emulator;
      expect(await digestAt(url.replace('127.0.0.1', 'localhost'))).not.toBe(await digestAt(url));
    }));

  test('counts for whichever credentials plan and apply use', () =>
    inWorld(
      [
        token('tok1', 'ci-a'),
        token('tokself00001', 'ci-self', { secret: 'pscale_tkn_self', access: [{ access: MANAGING }] }),
      ],
      async (world) => {
        world.folder.write(
          file('tokens: {ci-self: {access: {organization: [read_service_tokens]}}}\nabsent: [ci-a]'),
        );
        const digestBy = async (variables: Readonly<Record<string, string>>): Promise<string> => {
          const options = { ...world.options, variables: { ...world.options.variables, ...variables } };
          const { stdout } = await runInMemory(['access', 'plan', 'tokens.yml', '--format', 'json'], options);
          return JSON.parse(stdout).digest;
        };
        expect(await digestBy(SELF)).toBe(await digestBy({}));
      },
    ));
});

describe('the limits', () => {
  test('of deletions and of permissions hold with --force, too', () =>
    inWorld(
      [
        token('tok1', 'ci-a'),
        token('tok2', 'ci-b', { access: [{ access: ['read_databases', 'read_organization'] }] }),
      ],
      async (world) => {
        world.folder.write(file('absent: [ci-a, ci-b]'));
        expect(await refusal(world, '--force')).toContain(
          'the plan would delete 2 service tokens; --max-deletions allows 1\nNothing was changed. If that is what you want, add --max-deletions 2.',
        );
        world.folder.write(file('tokens: {ci-b: {access: {}}}'));
        expect(await refusal(world, '--force', '--max-removals', '1')).toContain(
          'the plan would take away 2 permissions; --max-removals allows 1',
        );
        expect(await world.run('apply', 'tokens.yml', '--force', '--max-removals', '2')).toMatchObject({
          status: 0,
        });
      },
    ));

  test('count what a cut apply left, which is shown in the plan', () =>
    inWorld([token('tok1', 'ci-a (unfinished)'), token('tok2', 'ci-a')], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      const { stdout } = await world.run('plan', 'tokens.yml');
      expect(stdout).toContain('ci-a (unfinished) (tok1)\n  deleted: an apply that did not end left it\n');
      expect(await refusal(world, '--force', '--max-deletions', '0')).toContain(
        'would delete 1 service token; --max-deletions allows 0',
      );
      expect(await world.run('apply', 'tokens.yml', '--force')).toMatchObject({ status: 0 });
      expect(world.tokens().map(({ id }) => id)).toEqual(['tok2']);
    }));

  test('by default leave at most 20 permissions to be taken away', () => {
    const held = CATALOGUE.filter(({ scope }) => scope === 'database').map(({ name }) => name);
    const holding = (count: number) => [
      token('tok1', 'ci-a', { access: [{ database: 'shop', access: held.slice(0, count) }] }),
    ];
    return inWorld(holding(21), async (world) => {
      world.folder.write(file('tokens: {ci-a: {access: {}}}'));
      expect(await refusal(world, '--force')).toContain(
        'the plan would take away 21 permissions; --max-removals allows 20',
      );
      await inWorld(holding(20), async (other) => {
        other.folder.write(file('tokens: {ci-a: {access: {}}}'));
        expect(await other.run('apply', 'tokens.yml', '--force')).toMatchObject({ status: 0 });
      });
    });
  });
});

describe('what needs a decision', () => {
  test('is left out with all that would take a name it keeps; the rest is done, and the end says so', () =>
    inWorld([token('tok1', 'ci-1'), token('tok2', 'ci-2'), token('tok4', 'ci-rogue')], async (world) => {
      // The id of ci-3 is not that of ci-2: so ci-2 stays, and ci-1 cannot take its name.
      world.folder.write(
        file('tokens: {ci-2: {previously: [ci-1]}, ci-3: {previously: [ci-2], id: tok9}, ci-5: {}}'),
      );
      const plan = await world.run('plan', 'tokens.yml', '--strict', '--format', 'json');
      expect(plan).toMatchObject({ status: 3, stderr: '' });
      const planned = JSON.parse(plan.stdout);
      expect(planned.decisions).toMatchObject([
        { name: 'ci-2', kind: 'waiting', ids: ['tok1', 'tok2'] },
        { name: 'ci-3', kind: 'identity', ids: ['tok2'] },
      ]);
      expect(planned.changes).toMatchObject([{ action: 'create', name: 'ci-5' }]);
      expect(planned.reports.unlisted).toMatchObject([{ id: 'tok4' }]);
      const ran = await world.run('apply', 'tokens.yml', '--plan', planned.digest, '-e', '.env');
      expect(ran).toMatchObject({ status: 2 });
      expect(ran.stdout).toContain('1 of 1 changes were made in organization acme.');
      expect(ran.stderr).toContain('ci-3 needs a decision: the token named ci-2 is tok2');
      expect(world.tokens().map(({ name }) => name)).toEqual(['ci-1', 'ci-2', 'ci-rogue', 'ci-5']);
    }));
});

describe('an unfinished token that is younger than ten minutes', () => {
  const YOUNG = token('tok1', 'ci-a (unfinished)', { created_at: new Date(NOW - 9 * 60_000).toISOString() });
  const REASON =
    'another apply may be running: token tok1, ci-a (unfinished), was created less than 10 minutes ago. If none is running, delete that token, or apply again in 60 s; it is deleted then.';

  test('needs a decision: its name is left out, and the others are made', () =>
    inWorld([YOUNG, token('tok2', 'ci-b', { cidrs: ['203.0.113.0/24'] })], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}, ci-b: {cidrs: []}}'));
      const plan = await world.run('plan', 'tokens.yml', '--fail-if-any', '--format', 'json');
      expect(plan.status).toBe(3);
      expect(JSON.parse(plan.stdout)).toMatchObject({
        changes: [{ action: 'restrict', id: 'tok2' }],
        decisions: [{ kind: 'apply_running', name: 'ci-a', ids: ['tok1'], reason: REASON }],
      });
      const ran = await world.run('apply', 'tokens.yml', '--force', '-e', '.env');
      expect(ran.status).toBe(2);
      expect(ran.stdout).toContain(`Needs a decision: ci-a (tokens.yml:4:10): ${REASON}`);
      expect(ran.stderr).toContain('ci-a needs a decision: another apply may be running');
      expect(ran.stderr).toContain('All other changes were made.');
      expect(world.changesSent()).toEqual(['PATCH /tok2 {"cidrs":[]}']);
    }));

  test('is a finding of a plan without any change', () =>
    inWorld([YOUNG, token('tok2', 'ci-a')], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      const plan = await world.run('plan', 'tokens.yml', '--fail-if-any');
      expect(plan).toMatchObject({ status: 3 });
      expect(plan.stdout).toContain(`Needs a decision: ci-a (tokens.yml:4:10): ${REASON}`);
      const ran = await world.run('apply', 'tokens.yml', '--force');
      expect(ran.status).toBe(2);
      expect(ran.stderr).toContain('Nothing was changed. Plan again');
      expect(world.changesSent()).toEqual([]);
    }));

  test('leaves out what would take a name that is not given up', () =>
    inWorld([YOUNG, token('tok2', 'ci-b'), token('tok3', 'ci-c')], async (world) => {
      world.folder.write(
        file(
          'tokens: {ci-a: {id: tok2, previously: [ci-b]}, ci-b: {id: tok3, previously: [ci-c]}, ci-c: {}, ci-d: {}}',
        ),
      );
      const { stdout } = await world.run('plan', 'tokens.yml', '--format', 'json');
      const plan = JSON.parse(stdout);
      expect(plan.decisions.map(({ name }: { name: string }) => name)).toEqual(['ci-a', 'ci-b', 'ci-c']);
      expect(plan.changes).toMatchObject([{ action: 'create', name: 'ci-d' }]);
    }));
});

describe('the token in use', () => {
  const seed = [
    token('tokself00001', 'ci-self', {
      secret: 'pscale_tkn_self',
      access: [{ access: [...MANAGING, 'read_organization'] }],
    }),
    token('tok2', 'ci-z'),
  ];

  test.each([
    ['is restricted', 'tokens: {ci-self: {cidrs: [127.0.0.0/8]}, ci-z: {cidrs: [203.0.113.7]}}'],
    ...MANAGING.map((name) => [
      `loses ${name}`,
      `tokens: {ci-self: {access: {organization: [${[...MANAGING, 'read_organization'].filter((one) => one !== name)}]}}, ci-z: {cidrs: [203.0.113.7]}}`,
    ]),
    ['is deleted', 'tokens: {ci-z: {cidrs: [203.0.113.7]}}\nabsent: [ci-self]'],
  ])('that %s needs --self, and is the last of all', (_, rest) =>
    inWorld(seed, async (world) => {
      world.folder.write(file(rest));
      const options = { ...world.options, variables: { ...world.options.variables, ...SELF } };
      const apply = ['access', 'apply', 'tokens.yml', '--force'];
      const refused = await runInMemory(apply, options);
      expect(refused).toMatchObject({ status: 1, stdout: '' });
      expect(refused.stderr).toContain(
        'the plan restricts or deletes ci-self (tokself00001), the token used to authenticate',
      );
      expect(world.changesSent()).toEqual([]);
      expect(await runInMemory([...apply, '--self'], options)).toMatchObject({ status: 0 });
      expect(world.changesSent()).toHaveLength(2);
      expect(world.changesSent().at(-1)).toContain('tokself00001');
    }),
  );

  test('is changed last, and what it needs to make the changes goes at the very end', () =>
    inWorld(
      [
        token('tokself00001', 'ci-self', {
          secret: 'pscale_tkn_self',
          access: [
            { access: [...MANAGING, 'read_organization', 'read_databases'] },
            { database: 'shop', access: ['read_branch', 'delete_branch'] },
          ],
        }),
        token('tok2', 'ci-z'),
      ],
      async (world) => {
        world.folder.write(
          file(
            `tokens:
  ci-me:
    previously: [ci-self]
    access: {organization: [read_databases], databases: {shop: [read_branch]}}
    cidrs: [127.0.0.0/8]
  ci-z: {cidrs: [203.0.113.7], access: {organization: [read_databases]}}
`,
          ),
        );
        const options = { ...world.options, variables: { ...world.options.variables, ...SELF } };
        const ran = await runInMemory(['access', 'apply', 'tokens.yml', '--force', '--self'], options);
        expect(ran, ran.stderr).toMatchObject({ status: 0 });
        const own = (rest: string) => `/tokself00001${rest}`;
        expect(world.changesSent()).toEqual([
          'PATCH /tok2 {"cidrs":["203.0.113.7/32"]}',
          'POST /tok2/access {"database":"","access":["read_databases"]}',
          `PATCH ${own(' {"name":"ci-me"}')}`,
          `DELETE ${own('/access {"database":"shop","access":["delete_branch"]}')}`,
          `DELETE ${own('/access {"database":"","access":["read_organization"]}')}`,
          `PATCH ${own(' {"cidrs":["127.0.0.0/8"]}')}`,
          `DELETE ${own('/access {"database":"","access":["delete_service_tokens"]}')}`,
          `DELETE ${own('/access {"database":"","access":["read_service_tokens"]}')}`,
          `DELETE ${own('/access {"database":"","access":["write_service_tokens"]}')}`,
        ]);
      },
    ));

  test('that would shut out the address it comes from asks, with --self as well', () =>
    inWorld(
      [
        token('tokself00001', 'ci-self', {
          secret: 'pscale_tkn_self',
          access: [{ access: MANAGING }],
          last_used_at: OLD,
          last_used_ip: '198.51.100.7',
        }),
      ],
      async (world) => {
        const options = { ...world.options, variables: { ...world.options.variables, ...SELF } };
        // The address is that of the plan's own requests.
        const shutOut = 'The token was last used from 127.0.0.1, which its new cidrs leave out.';
        world.folder.write(file('tokens: {ci-self: {cidrs: [203.0.113.7]}}'));
        const plan = await runInMemory(['access', 'plan', 'tokens.yml', '--format', 'json'], options);
        const apply = ['access', 'apply', 'tokens.yml', '--plan', JSON.parse(plan.stdout).digest];
        expect((await runInMemory(apply, options)).stderr).toContain(shutOut);
        const refused = await runInMemory([...apply, '--self'], options);
        expect(refused).toMatchObject({ status: 1, stdout: '' });
        expect(refused.stderr).toContain(shutOut);
        expect(world.changesSent()).toEqual([]);
        const forced = ['access', 'apply', 'tokens.yml', '--force', '--self'];
        await runInMemory(forced, options);
        expect(world.changesSent()).toHaveLength(1);
      },
    ));

  test('gives only what it holds, as far as that can be read', () =>
    inWorld(seed, async (world) => {
      world.folder.write(
        file(
          'tokens: {ci-z: {access: {organization: [read_organization, create_databases], databases: {shop: [read_branch]}}}}',
        ),
      );
      const options = { ...world.options, variables: { ...world.options.variables, ...SELF } };
      const refused = await runInMemory(['access', 'apply', 'tokens.yml', '--force'], options);
      expect(refused).toMatchObject({ status: 2, stdout: '' });
      expect(refused.stderr).toContain(
        'the service token in use cannot give what it does not hold:\ncreate_databases on the organization\nread_branch on database shop\nNothing was changed.',
      );
      expect(world.changesSent()).toEqual([]);
    }));
});

describe('the place for the secret', () => {
  const TWO = file('tokens: {ci-a: {}, ci-b: {}}');

  test('is found before anything is changed', () =>
    inWorld([token('tok1', 'ci-old')], async (world) => {
      world.folder.write(TWO);
      expect(await refusal(world, '--force')).toContain(
        'the plan creates ci-a, ci-b, and there is no place for the secret',
      );
      expect(await refusal(world, '--force', '-e', '.env')).toContain(
        'the plan creates 2 tokens, and names one place for all',
      );
      expect(await refusal(world, '--force', '-e', 'no/such/folder/{name}')).toContain('no/such/folder');
      expect(await refusal(world, '--force', '-e', '.env', '--pipe', 'pair', '--', 'cat')).toContain(
        'Use only one of: --dotenv, --pipe.',
      );
      expect(await refusal(world, '--force', '--check', 'true')).toContain('need a place for the secret');
      expect(await refusal(world, '--force', '--pipe', 'pair', '--', 'no-such-{name}')).toContain(
        'no-such-ci-a',
      );
    }));

  test('takes a name only where it is nothing else', () =>
    inWorld([], async (world) => {
      for (const name of ['ci-../../x', 'ci-$(x)', 'ci- x']) {
        world.folder.write(file(`tokens: {${JSON.stringify(name)}: {}}`));
        expect(await refusal(world, '--force', '-e', '{name}.env')).toContain(
          `${JSON.stringify(name)} cannot stand for {name} in a path or a command`,
        );
      }
      // Without {name} the name goes nowhere.
      expect(await world.run('apply', 'tokens.yml', '--force', '-e', '.env')).toMatchObject({ status: 0 });
    }));

  test('is a file of its own for each', () =>
    inWorld([], async (world) => {
      world.folder.write(TWO);
      const ran = await world.run('apply', 'tokens.yml', '--force', '-e', '{name}.env');
      expect(ran).toMatchObject({ status: 0 });
      expect(world.tokenOf('ci-a.env')?.name).toBe('ci-a');
      expect(world.tokenOf('ci-b.env')?.name).toBe('ci-b');
    }));
});

describe('a pipe', () => {
  test('that fails where the command may have stored it keeps the unfinished token, and the next apply replaces it', async () => {
    let now = NOW;
    await inOtherWorld({ clock: { now: () => now }, seed: { tokens: [] } }, async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      const pipe = (script: string) =>
        runWithCommands(
          ['access', 'apply', 'tokens.yml', '--force', '--pipe', 'secret', '--', 'sh', '-c', script],
          world.options,
        );
      const store = `cat > ${join(world.folder.path, 'stored')}`;
      const failed = await pipe(`${store}; exit 3`);
      expect(failed.status).toBe(2);
      expect(failed.stderr).toContain('may have been handed over, but may still be named ci-a (unfinished)');
      const [{ id = '' } = {}] = world.tokens();
      expect(failed.stderr).toContain(
        `To apply again at once, delete it first: pscale-service-token delete ${id} --org acme`,
      );
      expect(failed.stderr).toContain('The change is not known to have been made.');
      expect(failed.stderr).not.toContain('no longer good');
      expect(world.tokens().map(({ name }) => name)).toEqual(['ci-a (unfinished)']);
      now += 11 * 60_000;
      const [left] = world.tokens();
      expect(await pipe(store)).toMatchObject({ status: 0 });
      expect(world.tokens().map(({ name }) => name)).toEqual(['ci-a']);
      expect(world.changesSent().at(-1)).toBe(`DELETE /${left?.id} null`);
    });
  });
});

describe('an API that does otherwise', () => {
  test('makes a token of another name: it is taken back, and nobody gets its secret', () =>
    inOtherWorld(
      {
        seed: { tokens: [] },
        reshape: (body, { method }) => {
          const isToken = method === 'POST' && typeof body === 'object' && body !== null && 'name' in body;
          return isToken ? { ...body, name: 'ci-a' } : body;
        },
      },
      async (world) => {
        world.folder.write(file('tokens: {ci-a: {}}'));
        const ran = await world.run('apply', 'tokens.yml', '--force', '-e', '.env');
        expect(ran).toMatchObject({ status: 2 });
        expect(ran.stderr).toContain('its name is ci-a instead of ci-a (unfinished)');
        expect(ran.stderr).toContain('was created and then rolled back');
        expect(world.tokens()).toEqual([]);
        expect(existsSync(join(world.folder.path, '.env'))).toBe(false);
      },
    ));

  test('gives a token another name than was asked for: it gets its former one again', () => {
    let isLying = true;
    return inOtherWorld(
      {
        seed: { tokens: [token('tok1', 'ci-old')] },
        reshape: (body, { url }) => {
          if (!isLying || !url.endsWith('/tok1')) return body;
          return JSON.parse(JSON.stringify(body).replace('"ci-new"', '"ci-nwe"'));
        },
      },
      async (world) => {
        world.folder.write(file('tokens: {ci-new: {previously: [ci-old]}}'));
        const ran = await world.run('apply', 'tokens.yml', '--force');
        expect(ran).toMatchObject({ status: 2 });
        expect(ran.stderr).toContain('the update of token tok1 was not confirmed');
        expect(ran.stderr).toContain('It was named ci-old again.');
        isLying = false;
        expect(world.tokens().map(({ name }) => name)).toEqual(['ci-old']);
      },
    );
  });

  test('has no PATCH: what needs one is said to fail, and nothing is left behind unsaid', () =>
    inOtherWorld({ edition: '2026-08', seed: { tokens: [token('tok1', 'ci-old')] } }, async (world) => {
      world.folder.write(file('tokens: {ci-new: {previously: [ci-old]}}'));
      const ran = await world.run('apply', 'tokens.yml', '--force');
      expect(ran).toMatchObject({ status: 2 });
      expect(ran.stdout).toMatch(/^failed {2}ci-new \(tok1\)/);
      expect(ran.stderr).toContain('this API cannot update service tokens');
      expect(ran.stderr).toContain('The change was not made.');
    }));

  test.each([
    ['and the grant is gone, too', true, 0, 'done', 'database shop is gone, and with it what was held on it'],
    ['or hides it', false, 2, 'unknown', 'database shop is gone or hidden, and the token still shows this'],
  ])(
    'does not know the database of a grant any more, %s: that is said, and the rest is done',
    async (_, carriedOut, status, outcome, note) => {
      const held = [{ database: 'shop', access: ['read_branch'] }];
      await inWorld([token('tok1', 'ci-a', { access: held }), token('tok2', 'ci-b')], async (world) => {
        world.folder.write(file('tokens: {ci-a: {access: {}}}\nabsent: [ci-b]'));
        world.emulator.inject(
          { answer: 404, count: 1, method: 'DELETE', path: /\/access$/, carriedOut },
          { answer: 404, count: 9, method: 'GET', path: /\/databases\/shop$/ },
        );
        const ran = await world.run('apply', 'tokens.yml', '--force', '--format', 'json');
        expect(ran).toMatchObject({ status });
        expect(JSON.parse(ran.stdout)).toMatchObject({
          changes: [
            { action: 'remove', outcome, note },
            { action: 'delete', outcome: 'done' },
          ],
        });
      });
    },
  );

  test('refuses the last rename: the token may be stored, and nobody is told that nothing was made', () =>
    inWorld([], async (world) => {
      world.folder.write(file('tokens: {ci-a: {}}'));
      world.emulator.inject({ answer: 403, count: 1, method: 'PATCH' });
      const ran = await world.run('apply', 'tokens.yml', '--force', '-e', '.env');
      expect(ran).toMatchObject({ status: 2 });
      expect(ran.stdout).toMatch(/^unknown {2}ci-a: created/);
      expect(ran.stderr).toContain('may have been handed over, but may still be named ci-a (unfinished)');
      expect(ran.stderr).not.toContain('was not made');
      expect(world.tokenOf('.env')?.name).toBe('ci-a (unfinished)');
    }));
});

describe('the first failure', () => {
  test('ends it: what was done and what was not is the result', () =>
    inWorld([token('tok1', 'ci-a'), token('tok2', 'ci-b'), token('tok3', 'ci-c')], async (world) => {
      world.folder.write(file('absent: [ci-a, ci-b, ci-c]'));
      world.emulator.inject({ answer: 403, count: 1, method: 'DELETE', after: 1 });
      const ran = await world.run(
        'apply',
        'tokens.yml',
        '--force',
        '--max-deletions',
        '3',
        '--format',
        'json',
      );
      expect(ran.status).toBe(2);
      expect(JSON.parse(ran.stdout)).toMatchObject({
        changes: [{ outcome: 'done' }, { outcome: 'failed' }, { outcome: 'not_tried' }],
        summary: { done: 1, failed: 1, unknown: 0, not_tried: 1 },
      });
      expect(ran.stderr).toContain('1 of 3 changes were made; the digest of this plan is no longer good.');
      expect(ran.stderr).toContain(
        'Plan again, and apply what is left: pscale-service-token access plan tokens.yml',
      );
      const csv = await world.run(
        'apply',
        'tokens.yml',
        '--force',
        '--max-deletions',
        '3',
        '--format',
        'csv',
      );
      expect(csv.stdout.split('\n')).toEqual([
        'Action,ID,Name,Database,Before,After,Outcome',
        'delete,tok2,ci-b,,ci-b,,done',
        'delete,tok3,ci-c,,ci-c,,done',
        '',
      ]);
    }));
});

test('--dry-run shows the requests, and sends none', () =>
  inWorld([token('tok1', 'ci-old')], async (world) => {
    world.folder.write(
      file('tokens: {ci-a: {access: {organization: [read_databases]}}, ci-b: {}}\nabsent: [ci-old]'),
    );
    const ran = await world.run('apply', 'tokens.yml', '--dry-run', '-e', '{name}.env', '--format', 'json');
    expect(ran).toMatchObject({ status: 0 });
    expect(world.changesSent()).toEqual([]);
    const sent: { method: string; path: string }[] = JSON.parse(ran.stdout).requests;
    expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST', 'PATCH', 'POST', 'PATCH', 'DELETE']);
  }));

test('a permission that reaches production data brings the advice of PlanetScale, in the plan and behind the apply', () =>
  inWorld([token('tok1', 'ci-a')], async (world) => {
    world.folder.write(file('tokens: {ci-a: {access: {databases: {shop: [connect_production_branch]}}}}'));
    const advice = 'Note: connect_production_* lets this token make credentials for production branches.';
    expect((await world.run('plan', 'tokens.yml')).stdout).toContain(advice);
    const ran = await world.run('apply', 'tokens.yml', '--force');
    expect(ran).toMatchObject({ status: 0 });
    expect(ran.stderr).toContain(advice);
  }));
