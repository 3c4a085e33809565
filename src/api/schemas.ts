import * as z from 'zod/mini';

/**
 * Shapes of the API's answers: the fields this program uses and the OpenAPI document requires must be
 * there; others may be anything, or missing.
 */
const timestamp = z.string().check(z.refine((value) => !Number.isNaN(Date.parse(value)), 'not a time'));

/** A field that nothing is decided by. */
function told<Schema extends z.core.$ZodType>(schema: Schema) {
  return z.catch(z.optional(z.nullable(schema)), undefined);
}

export const serviceToken = z.object({
  id: z.string().check(z.minLength(1)),
  type: z.optional(z.string()),
  name: z.nullable(z.string()),
  created_at: timestamp,
  last_used_at: z.nullable(timestamp),
  expires_at: z.nullable(timestamp),
  updated_at: z.optional(z.nullable(timestamp)),
  /** The networks it is accepted from. Absent where the API does not say, which is not "from everywhere". */
  cidrs: z.optional(z.nullable(z.array(z.string()))),
  /** Since September 2026. Only told to people: what is not as expected is as if it were absent. */
  last_used_ip: told(z.string()),
  last_used_location: told(z.string()),
  last_used_asn: told(z.number()),
  last_used_asn_organization: told(z.string()),
});
export type ServiceToken = z.infer<typeof serviceToken>;

/**
 * What GET of one token says beyond the list: who made it. Fields that this program does not know are kept,
 * since a copy has to be like it in them as well.
 */
export const serviceTokenWithActor = z.looseObject({
  ...serviceToken.shape,
  actor_id: z.nullable(z.string()),
  actor_display_name: z.nullable(z.string()),
  actor_type: z.nullable(z.string()),
});
export type ServiceTokenWithActor = z.infer<typeof serviceTokenWithActor>;

/** The answer to PATCH: the token as it is now. */
export const updatedServiceToken = z.looseObject({
  ...serviceToken.shape,
  actor_id: told(z.string()),
  actor_display_name: told(z.string()),
  actor_type: told(z.string()),
});
export type UpdatedServiceToken = z.infer<typeof updatedServiceToken>;

/** The answer to create, the only one that holds the secret. */
export const createdServiceToken = z.extend(serviceToken, { token: z.string().check(z.minLength(1)) });
export interface CreatedServiceToken
  extends Omit<z.infer<typeof createdServiceToken>, 'created_at' | 'cidrs'> {
  /** The networks it is accepted from, as the answer says; undefined where it says nothing of it. */
  readonly cidrs?: readonly string[] | null | undefined;
  /** Null where the API did not say. */
  readonly created_at: string | null;
}

/** An answer to create that lacks what it promises, but not the id and the secret: all else may be null. */
export const barelyUsableToken = z.object({
  id: z.string().check(z.minLength(1)),
  token: z.string().check(z.minLength(1)),
  name: z.catch(z.nullable(z.string()), null),
  created_at: z.catch(z.nullable(timestamp), null),
  last_used_at: z.catch(z.nullable(timestamp), null),
  expires_at: z.catch(z.nullable(timestamp), null),
  cidrs: z.catch(z.optional(z.nullable(z.array(z.string()))), undefined),
});

/** What something is held on. Nothing has an empty name: what that is on is unknown, and never the organization. */
const resourceName = z.pipe(
  z.nullable(z.string()),
  z.transform((name) => name || null),
);

/** The least that is needed to name a token, and to tell whether a creation made it. */
export const madeToken = z.object({
  id: z.string().check(z.minLength(1)),
  token: told(z.string().check(z.minLength(1))),
  created_at: z.catch(z.nullable(timestamp), null),
});
export type MadeToken = z.infer<typeof madeToken>;

/**
 * One access on one resource; how one on all databases looks is not published, so what it is on may be null.
 * As GET and POST of a token's access answer it. */
export const accessRow = z.object({
  id: z.string(),
  access: z.string(),
  resource: z.nullable(z.object({ type: z.nullable(z.string()), name: resourceName })),
});
export type AccessRow = z.infer<typeof accessRow>;

/** The accesses a token holds on one resource, which may be null as that of {@link accessRow}. */
export const grant = z.object({
  resource_id: z.nullable(z.string()),
  resource_name: resourceName,
  resource_type: z.nullable(z.string()),
  accesses: z.array(z.object({ access: z.string() })),
});
export type Grant = z.infer<typeof grant>;

export const organization = z.object({ name: z.string() });
export type Organization = z.infer<typeof organization>;

export const database = z.object({ name: z.string(), kind: z.string() });
export type Database = z.infer<typeof database>;

/** A branch: known fields are checked, all others are kept, since JSON output passes them on. */
export const branch = z.looseObject({
  id: z.string(),
  name: z.string(),
  kind: z.optional(z.string()),
  parent_branch: z.nullable(z.string()),
  region: z.looseObject({ slug: z.string() }),
  production: z.boolean(),
  safe_migrations: z.optional(z.boolean()),
  ready: z.boolean(),
  html_url: z.optional(z.string()),
  created_at: timestamp,
  updated_at: timestamp,
});
export type Branch = z.infer<typeof branch>;

/** The envelope of every list. Totals and links are missing on some endpoints and in old answers. */
export function pageOf<Row extends z.core.$ZodType>(row: Row) {
  return z.object({
    data: z.array(row),
    next_page: z.optional(z.nullable(z.number())),
    total_pages: z.optional(z.nullable(z.number())),
    total_count: z.optional(z.nullable(z.number())),
  });
}
