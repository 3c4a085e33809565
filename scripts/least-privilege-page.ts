// docs/least-privilege.md: what --for grants, for a reviewer to see it change.
import { type LeveledPermission, leastPrivilege } from '../src/permissions/least-privilege.ts';
import { allRequirements, type Requirement } from '../src/permissions/requirements.ts';

const HEAD = `# Least privilege

What \`--for\` of \`create\`, \`exec\` and \`add-access\` grants for each operation, by PlanetScale's published
requirements, and what else would do. Paths are below \`/organizations/{organization}\`. This page is made from the code
by \`npm run docs\`; do not edit it.

Of the permissions of which one is enough, these rules choose, each one narrowing what is left:

1. For an operation on a database, permissions on that database come before those on the organization. For an
   operation of the organization, only permissions on the organization count.
2. For a \`GET\`, only \`read_*\`, if there is one.
3. Names without \`production\` come before names with it.
4. The name that is that of the operation.
5. The first one published.

`;

/** The page as it is checked in. */
export function leastPrivilegePage(): string {
  const all = [...allRequirements().values()];
  const chosen = all.flatMap(rowOf);
  const refused = all.flatMap(refusedRowOf);
  return `${HEAD}${table(['Operation', 'Call', 'Grants', 'On', 'Would also do'], chosen)}
## Not granted by \`--for\`

${table(['Operation', 'Call', 'Why', 'What allows it'], refused)}`;
}

function rowOf(requirement: Requirement): string[][] {
  const least = leastPrivilege(requirement);
  if (least.kind === 'none') return [];
  const { permission, others } = least;
  const isHere = ({ scope }: LeveledPermission): boolean => scope === permission.scope;
  const also = others.map((other) => `${code(other.name)}${isHere(other) ? '' : ` (${other.scope})`}`);
  return [[...headOf(requirement), code(permission.name), permission.scope, also.join(', ') || '–']];
}

const OBSTACLES = {
  'not published': 'PlanetScale publishes nothing of it; likely',
  broader: 'only permissions on the whole organization allow it',
  'on databases only': 'it is done on the organization, but only permissions on a database allow it',
} as const;

function refusedRowOf(requirement: Requirement): string[][] {
  const least = leastPrivilege(requirement);
  if (least.kind === 'choice') return [];
  const names = least.wouldDo.map(({ name }) => code(name)).join(', ');
  return [[...headOf(requirement), OBSTACLES[least.obstacle], names || 'none known']];
}

function headOf({ operation, operationId }: Requirement): string[] {
  const [method = '', path = ''] = operation.split(' ');
  const below = path.replace('/organizations/{organization}', '');
  return [code(operationId), code(`${method} ${below || '/'}`)];
}

function code(words: string): string {
  return `\`${words}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`);
  return lines.join('');
}
