import * as z from 'zod/mini';
import { CATALOGUE, type Scope } from '../permissions/catalogue.ts';
import { MOST_NETWORKS } from '../values/networks.ts';

/**
 * The file that says who may do what: its keys, and what stands behind them. Every scalar is read as text. What a
 * shape cannot say (which names belong together, which permissions there are) is checked behind it.
 */

function described<Schema extends z.ZodMiniType>(schema: Schema, description: string): Schema {
  z.globalRegistry.add(schema, { description });
  return schema;
}

const name = () => z.string().check(z.minLength(1));

const permissions = (scope: Scope) =>
  described(
    z.array(z.string()),
    `Permissions on ${scope === 'organization' ? 'the organization' : 'a database'}, each by its name.`,
  );

const ORGANIZATION_ACCESS = permissions('organization');
const DATABASE_ACCESS = permissions('database');

const access = described(
  z.strictObject({
    organization: z.optional(ORGANIZATION_ACCESS),
    databases: z.optional(
      described(
        z.record(name(), DATABASE_ACCESS),
        'What it may do on each database, by the name of the database.',
      ),
    ),
  }),
  'All that the token may do: a scope that is left out holds nothing. Left out altogether: not decided here.',
);

const TTL = described(
  z.string(),
  'How long it works, for when it is created: 90d, 12h or seconds. Left out: it does not expire.',
);

const listedToken = z.strictObject({
  id: z.optional(described(name(), 'The ID of the token, as list shows it: it must be that one.')),
  access: z.optional(access),
  cidrs: z.optional(
    described(
      z.array(z.string()).check(z.maxLength(MOST_NETWORKS)),
      'IPv4 addresses and ranges that it is accepted from. []: any address. Left out: not decided here.',
    ),
  ),
  ttl: z.optional(TTL),
  previously: z.optional(
    described(z.array(name()), 'Names that it had: a token of such a name is renamed, and none is created.'),
  ),
});

const VERSION = described(z.literal('1'), 'The version of this form.');

export const accessFile = z.strictObject({
  version: VERSION,
  organization: described(name(), 'The organization that the tokens belong to.'),
  owns: described(
    z.array(name()),
    'The names that this file decides on: * is any text, ? one character, \\ quotes. All others are left alone.',
  ),
  tokens: z.optional(described(z.record(name(), listedToken), 'The tokens, by their names.')),
  absent: z.optional(described(z.array(name()), 'Names of tokens that are deleted.')),
});

/** What a file holds, before anything of it is checked but its shape. */
export type WrittenFile = z.infer<typeof accessFile>;
export type WrittenToken = z.infer<typeof listedToken>;

/** The keys that a mapping may have, by where it is; undefined where its keys are names. */
export function keysAt(path: readonly PropertyKey[]): readonly string[] | undefined {
  if (path.length === 0) return Object.keys(accessFile.shape);
  if (path[0] !== 'tokens') return undefined;
  if (path.length === 2) return Object.keys(listedToken.shape);
  return path.length === 3 && path[2] === 'access' ? Object.keys(access.shape) : undefined;
}

/** The same shape for editors, as a JSON Schema. They read YAML's own types, so a number may stand for a text. */
export function jsonSchema(): Record<string, unknown> {
  const schema = z.toJSONSchema(accessFile, {
    target: 'draft-7',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema: written }) => {
      if (zodSchema === VERSION) {
        delete written.type;
        delete written.const;
        written.enum = [1, '1'];
      }
      if (zodSchema === TTL) written.type = ['string', 'integer'];
      for (const [kind, scope] of SCOPES) {
        if (zodSchema !== kind) continue;
        const names = CATALOGUE.filter((permission) => permission.scope === scope).map((one) => one.name);
        // The catalogue may lag behind the API: a name that it does not know is no error.
        written.items = { anyOf: [{ enum: names }, { type: 'string' }] };
        written.uniqueItems = true;
      }
    },
  });
  return { title: 'Service tokens of a PlanetScale organization', ...schema };
}

const SCOPES = [
  [ORGANIZATION_ACCESS, 'organization'],
  [DATABASE_ACCESS, 'database'],
] as const;
