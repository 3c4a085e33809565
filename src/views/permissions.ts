import { type Column, type Paragraph, type Result, tabulate } from '../output/result.ts';
import { type Holding, undecided } from '../permissions/abilities.ts';
import { operationInWords } from '../permissions/words.ts';
import { listed, type Text, text, toned, unstyled } from '../text/text.ts';

export interface PermissionRow {
  readonly name: string;
  readonly scope: string;
  readonly subject: string;
  readonly description: string;
}

export interface RequirementRow {
  readonly operation: string;
  readonly operationId: string;
  readonly anyOf: readonly string[];
  readonly published: boolean;
}

export interface AbilityRow {
  readonly resource_name: string | null;
  readonly resource_type: string | null;
  readonly requirement: RequirementRow;
  readonly by: readonly string[];
}

const PERMISSION_COLUMNS: readonly Column<PermissionRow>[] = [
  { header: 'Scope', cell: (row) => row.scope, priority: 1 },
  { header: 'Subject', cell: (row) => row.subject, priority: 2 },
  { header: 'Name', cell: (row) => row.name, tone: 'name', isWhole: 'in tables' },
  { header: 'Description', cell: (row) => row.description },
];

/** The catalogue; people see scope and subject once for each group. */
export function permissionList(rows: readonly PermissionRow[]): Result {
  return {
    data: rows.map(({ scope, subject, name, description }) => ({ scope, subject, name, description })),
    table: tabulate(PERMISSION_COLUMNS, rows),
    human: {
      kind: 'table',
      whenEmpty: text`No permission matches. What a token holds: permissions --of <token-id>`,
      groupedBy: 2,
    },
  };
}

const REQUIREMENT_COLUMNS: readonly Column<RequirementRow>[] = [
  { header: 'Operation', cell: (row) => row.operation, tone: 'name' },
  { header: 'AnyOf', cell: (row) => row.anyOf },
  { header: 'Published', cell: (row) => row.published },
];

/** Which accesses open a call: any one of them. */
export function requirementList(rows: readonly RequirementRow[]): Result {
  return {
    data: rows.map(({ operation, operationId, anyOf, published }) => ({
      operation,
      operation_id: operationId,
      any_of: anyOf,
      published,
    })),
    table: tabulate(REQUIREMENT_COLUMNS, rows),
    human: { kind: 'paragraphs', paragraphs: rows.flatMap(requirementInWords) },
  };
}

/** "create a branch: any one of create_branch, restore_backup", and below it the call. */
function requirementInWords({ operation, operationId, anyOf, published }: RequirementRow): Paragraph[] {
  const names = listed(anyOf.map((name) => text`${toned('granted', name)}`));
  const needs =
    anyOf.length > 1 ? text`any one of ${names}` : anyOf.length === 1 ? names : text`not published`;
  const likely = published || anyOf.length === 0 ? text`` : text`likely `;
  return [
    { text: text`${toned('name', operationInWords(operationId))}: ${likely}${needs}` },
    { text: text`${toned('absent', operation)}`, indent: 2 },
  ];
}

const ABILITY_COLUMNS: readonly Column<AbilityRow>[] = [
  { header: 'ResourceType', cell: (row) => row.resource_type ?? '', whenEmpty: 'unknown' },
  { header: 'ResourceName', cell: (row) => row.resource_name ?? '', whenEmpty: 'unknown', tone: 'name' },
  { header: 'May', cell: (row) => row.requirement.operationId.replaceAll('_', ' ') },
  { header: 'Operation', cell: (row) => row.requirement.operation },
  { header: 'By', cell: (row) => row.by, tone: 'granted' },
];

/** What a token can do, in calls, resource by resource. */
export function abilityList(tokenId: string, rows: readonly AbilityRow[]): Result {
  return {
    data: rows.map(({ resource_name, resource_type, requirement, by }) => ({
      resource_name,
      resource_type,
      operation: requirement.operation,
      operation_id: requirement.operationId,
      by,
    })),
    table: tabulate(ABILITY_COLUMNS, rows),
    human:
      rows.length === 0
        ? { kind: 'sentence', text: text`Service token ${tokenId} can do nothing yet.` }
        : { kind: 'paragraphs', paragraphs: abilitiesInWords(rows) },
  };
}

/** What is to be said of grants of which nobody knows what they allow. */
export function undecidedNotes(held: readonly Holding[]): Text[] {
  return undecided(held).map(
    ({ accesses, resource_type, resource_name }) =>
      text`Note: it is not known what ${listed(accesses)} on ${resource_type ?? 'an unknown kind of resource'} ${resource_name ?? '(no name)'} allows.`,
  );
}

/** Resource by resource, and there by the permissions that allow it: first what, then by which of them. */
function abilitiesInWords(rows: readonly AbilityRow[]): Paragraph[] {
  const byResource = grouped(rows, headingOf);
  return [...byResource].flatMap(([heading, abilities], index): Paragraph[] => [
    ...(index === 0 ? [] : [{ text: text`` }]),
    { text: text`${toned('name', heading)}` },
    ...[...grouped(abilities, ({ by }) => by.join(', '))].map(([by, allowed]) => ({
      text: text`${unstyled(allowed.map(({ requirement }) => operationInWords(requirement.operationId)).join(', '))} (${toned('granted', by)})`,
      indent: 2,
    })),
  ]);
}

function grouped<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) groups.set(keyOf(row), [...(groups.get(keyOf(row)) ?? []), row]);
  return groups;
}

function headingOf({ resource_type, resource_name }: AbilityRow): string {
  return `${resource_type ?? 'Unknown'} ${resource_name ?? 'unknown'}`;
}
