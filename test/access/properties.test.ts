import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { file, OWNED, type SeedToken, state, textOf } from './arbitrary.ts';
import { inWorld, type World } from './world.ts';

/** `npm run properties` asks for more. */
const numRuns = Number(process.env.PROPERTY_RUNS ?? 100);
const TIMEOUT = numRuns * 1_500;

const planned = z.object({
  digest: z.string(),
  decisions: z.array(z.object({ name: z.string(), ids: z.array(z.string()) })),
  changes: z.array(
    z.object({
      action: z.string(),
      id: z.nullable(z.string()),
      name: z.string(),
      database: z.optional(z.string()),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
});
type Planned = z.infer<typeof planned>;

async function planOf(world: World, name = 'tokens.yml'): Promise<Planned> {
  const ran = await world.run('plan', name, '--format', 'json');
  // Of strange names it warns.
  expect(ran.stderr).not.toContain('Error');
  return planned.parse(JSON.parse(ran.stdout));
}

const APPLY = ['--force', '--max-deletions', '99', '--max-removals', '999', '-e', '{name}.env'];

/** What a plan comes to on the wire; `<id>` for tokens that do not exist yet. */
function expectedRequests({ changes }: Planned): string[] {
  const access = (change: Planned['changes'][number]): unknown => {
    const [before, after] = [
      z.array(z.string()).parse(change.before),
      z.array(z.string()).parse(change.after),
    ];
    const [most, least] = change.action === 'grant' ? [after, before] : [before, after];
    return { database: change.database, access: most.filter((name) => !least.includes(name)) };
  };
  return changes.flatMap((change) => {
    const of = `/${change.id}`;
    switch (change.action) {
      case 'rename':
        return [`PATCH ${of} ${JSON.stringify({ name: change.after })}`];
      case 'restrict':
        return [`PATCH ${of} ${JSON.stringify({ cidrs: change.after })}`];
      case 'grant':
        return [`POST ${of}/access ${JSON.stringify(access(change))}`];
      case 'remove':
        return [`DELETE ${of}/access ${JSON.stringify(access(change))}`];
      case 'delete':
        return [`DELETE ${of} null`];
      default: {
        const { name } = change;
        const created = z
          .object({
            access: z.array(z.object({ database: z.string(), access: z.array(z.string()) })),
            cidrs: z.array(z.string()),
            ttl: z.nullable(z.number()),
          })
          .parse(change.after);
        const { ttl, cidrs } = created;
        const body = {
          name: `${name} (unfinished)`,
          ...(ttl !== null && { ttl }),
          ...(cidrs.length > 0 && { cidrs }),
        };
        return [
          `POST  ${JSON.stringify(body)}`,
          ...created.access.map((one) => `POST /<id>/access ${JSON.stringify(one)}`),
          `PATCH /<id> ${JSON.stringify({ name })}`,
        ];
      }
    }
  });
}

describe('any tokens and any file', () => {
  test(
    'apply does what was planned and nothing else; then there is nothing to plan',
    async () => {
      let applied = 0;
      await fc.assert(
        fc.asyncProperty(state, file, async (tokens, content) =>
          inWorld(tokens, async (world) => {
            world.folder.write(textOf(content));
            const before = world.tokens();
            const look = await world.run('plan', 'tokens.yml', '--format', 'json');
            expect(look, look.stderr).toMatchObject({ status: 0 });
            const plan = planned.parse(JSON.parse(look.stdout));
            const ran = await world.run('apply', 'tokens.yml', ...APPLY);
            const leftOut = new Set(plan.decisions.map(({ name }) => name));
            expect(ran, ran.stderr).toMatchObject({ status: leftOut.size === 0 ? 0 : 2 });
            // What needs a decision stays as it is.
            const undecided = new Set(plan.decisions.flatMap(({ ids }) => ids));
            const isUndecided = ({ id }: { id: string }): boolean => undecided.has(id);
            expect(world.tokens().filter(isUndecided)).toEqual(before.filter(isUndecided));
            applied += plan.changes.length > 0 ? 1 : 0;

            const known = new Set(tokens.map(({ id }) => id));
            const sent = world
              .changesSent()
              .map((line) =>
                line.replace(/^(\w+) \/(\w+)/, (whole, method, id) =>
                  known.has(id) ? whole : `${method} /<id>`,
                ),
              );
            expect(sent).toEqual(expectedRequests(plan));
            expect((await planOf(world)).changes).toEqual([]);

            const isOwned = ({ name }: { name: string | null }): boolean => name?.startsWith('ci-') ?? false;
            const foreign = before.filter((token) => !isOwned(token));
            expect(world.tokens().filter((token) => !isOwned(token))).toEqual(foreign);
            const names = world.tokens().map(({ name }) => name);
            for (const name of Object.keys(content.tokens)) {
              if (!leftOut.has(name)) expect(names).toContain(name);
              // No apply makes a second token of a name.
              expect(names.filter((one) => one === name).length).toBeLessThanOrEqual(1);
            }
            for (const [name, { access }] of Object.entries(content.tokens)) {
              if (!access || leftOut.has(name)) continue;
              const { organization = [], databases = {} } = access;
              const wanted = Object.entries({ '': organization, ...databases }).flatMap(([database, all]) =>
                all.map((one) => `${database}=${one}`),
              );
              const token = world.tokens().find((one) => one.name === name);
              const held = token?.grants.flatMap((grant) =>
                grant.access.map((one) => `${grant.database ?? ''}=${one}`),
              );
              expect(held?.sort()).toEqual(wanted.sort());
            }
            for (const name of content.absent) expect(names).not.toContain(name);
            expect(
              names.filter(
                (name) =>
                  name?.endsWith('(unfinished)') &&
                  Object.hasOwn(content.tokens, name.slice(0, -13)) &&
                  !leftOut.has(name.slice(0, -13)),
              ),
            ).toEqual([]);
          }),
        ),
        { numRuns },
      );
      expect(applied).toBeGreaterThan(numRuns / 4);
    },
    TIMEOUT,
  );

  test(
    'the digest is another one if and only if the changes are',
    async () => {
      await fc.assert(
        fc.asyncProperty(state, file, file, async (tokens, one, other) =>
          inWorld(tokens, async (world) => {
            world.folder.write(textOf(one), 'one.yml');
            world.folder.write(
              `# the same\n${JSON.stringify(JSON.parse(textOf(one)), undefined, 2)}\n`,
              'same.yml',
            );
            world.folder.write(textOf(other), 'other.yml');
            const plans = [];
            for (const name of ['one.yml', 'same.yml', 'other.yml']) {
              const ran = await world.run('plan', name, '--format', 'json');
              if (ran.status !== 0) return;
              plans.push(planned.parse(JSON.parse(ran.stdout)));
            }
            const [first, same, second] = plans;
            expect(same?.digest).toBe(first?.digest);
            const isSame = JSON.stringify(first?.changes) === JSON.stringify(second?.changes);
            expect(first?.digest === second?.digest).toBe(isSame);
          }),
        ),
        { numRuns },
      );
    },
    TIMEOUT,
  );

  const NAMES = fc.oneof(
    { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 12 }) },
    fc.constantFrom(
      ...OWNED,
      'yes',
      'null',
      '~',
      '1e3',
      '0x10',
      '<<',
      '__proto__',
      'a: b',
      '- x',
      '#',
      '*',
      '?\\',
      "'",
      '"',
    ),
    fc.constantFrom(
      'ci (unfinished)',
      'pscale-service-token exec sh',
      '\u0085',
      '\u2028x',
      'x\ny',
      '\u202e',
      '='.repeat(255),
      '\u0007'.repeat(255),
    ),
  );

  test(
    'what export writes changes nothing',
    async () => {
      await fc.assert(
        fc.asyncProperty(state, fc.array(NAMES, { maxLength: 4 }), async (tokens, names) => {
          const more = names.map((name, index): SeedToken => {
            return { ...(tokens[0] ?? EMPTY), id: `hos${String(index).padStart(9, '0')}`, name };
          });
          await inWorld([...tokens, ...more], async (world) => {
            const exported = await world.run('export', '--comments');
            expect(exported, exported.stderr).toMatchObject({ status: 0, stderr: '' });
            expect((await world.run('export', '--comments')).stdout).toBe(exported.stdout);
            world.folder.write(exported.stdout);
            expect((await planOf(world)).changes).toEqual([]);
            expect(exported.stdout).toMatch(
              /^[^\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]*$/u,
            );
          });
        }),
        { numRuns },
      );
    },
    TIMEOUT,
  );
});

const EMPTY: SeedToken = {
  id: '',
  name: null,
  created_at: '2026-04-01T00:00:00Z',
  expires_at: null,
  cidrs: [],
  access: [],
};
