import { type Column, type HumanView, type Result, tabulate } from '../output/result.ts';
import { type Text, text, toned } from '../text/text.ts';
import { goTime } from '../values/time.ts';

/** What is shown of a branch in tables; JSON passes on more of what the API gives. */
export interface BranchRow extends Readonly<Record<string, unknown>> {
  readonly id: string;
  readonly name: string;
  readonly kind?: string | undefined;
  readonly parent_branch: string | null;
  readonly region: Readonly<Record<string, unknown>> & { readonly slug: string };
  readonly production: boolean;
  readonly safe_migrations?: boolean | undefined;
  readonly ready: boolean;
  readonly created_at: string;
  readonly updated_at: string;
}

const SAFE_MIGRATIONS: Column<BranchRow> = {
  header: 'SafeMigrations',
  cell: (branch) => branch.safe_migrations ?? false,
};

/** The columns of the official CLI; branches of a Postgres database have no safe migrations. */
function columns(branches: readonly BranchRow[]): Column<BranchRow>[] {
  const postgres = branches.length > 0 && branches.every((branch) => branch.kind === 'postgresql');
  return [
    { header: 'ID', cell: (branch) => branch.id },
    { header: 'Name', cell: (branch) => branch.name, tone: 'name' },
    { header: 'ParentBranch', cell: (branch) => branch.parent_branch ?? '', whenEmpty: 'n/a' },
    { header: 'Region', cell: (branch) => branch.region.slug },
    { header: 'Production', cell: (branch) => branch.production },
    ...(postgres ? [] : [SAFE_MIGRATIONS]),
    { header: 'Ready', cell: (branch) => branch.ready },
    { header: 'CreatedAt', cell: (branch) => ({ time: branch.created_at }) },
    { header: 'UpdatedAt', cell: (branch) => ({ time: branch.updated_at }) },
  ];
}

/** Keys of the official CLI's JSON, in its order: for Vitess, and for Postgres. */
const VITESS_KEYS = [
  'id',
  'name',
  'parent_branch',
  'actor',
  'region',
  'ready',
  'production',
  'html_url',
  'created_at',
  'updated_at',
  'safe_migrations',
  'vtgate_size',
  'vtgate_count',
];
const POSTGRES_KEYS = [
  'id',
  'name',
  'cluster_name',
  'cluster_display_name',
  'cluster_architecture',
  'cluster_iops',
  'state',
  'created_at',
  'updated_at',
  'actor',
  'production',
  'ready',
  'parent_branch',
  'region',
  'kind',
  'replicas',
];
const ACTOR_KEYS = ['type', 'id', 'display_name'];
const REGION_KEYS = ['slug', 'provider', 'display_name', 'location', 'enabled', 'current_default'];

/** The official keys, where the API gives the field: no zero value is invented. */
function branchData(branch: BranchRow): Record<string, unknown> {
  const shown: Readonly<Record<string, unknown>> = {
    ...branch,
    parent_branch: branch.parent_branch ?? '',
    region: picked(branch.region, REGION_KEYS),
    created_at: goTime(branch.created_at),
    updated_at: goTime(branch.updated_at),
    ...(isRecord(branch.actor) && { actor: picked(branch.actor, ACTOR_KEYS) }),
  };
  return picked(shown, branch.kind === 'postgresql' ? POSTGRES_KEYS : VITESS_KEYS);
}

function picked(from: Readonly<Record<string, unknown>>, keys: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(keys.filter((key) => from[key] !== undefined).map((key) => [key, from[key]]));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function branchList(database: string, branches: readonly BranchRow[]): Result {
  return {
    data: branches.map(branchData),
    table: tabulate(columns(branches), branches),
    human: { kind: 'table', whenEmpty: text`Database ${database} has no branches.` },
  };
}

export function branchDetail(branch: BranchRow, human: HumanView = { kind: 'record' }): Result {
  return { data: branchData(branch), table: tabulate(columns([branch]), [branch]), human };
}

export function createdBranch(database: string, branch: BranchRow): Result {
  const url = branch.html_url;
  const link: Text =
    typeof url === 'string' && url !== '' ? text`\n\nView this branch in the browser: ${url}` : text``;
  return branchDetail(branch, {
    kind: 'sentence',
    text: text`Branch ${branch.name} ${toned('done', 'was successfully created')} in ${database}.${link}`,
  });
}
