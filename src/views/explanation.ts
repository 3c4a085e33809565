import { type Column, type Result, tabulate } from '../output/result.ts';
import { operationInWords } from '../permissions/words.ts';
import { listed, type Text, text, toned, unstyled } from '../text/text.ts';
import type { RequirementRow } from './permissions.ts';

export interface HeldRow {
  readonly resource_type: string | null;
  readonly resource_name: string | null;
  readonly access: string;
}

/** What is answered to whether a token can do something. */
export interface ExplanationRow {
  readonly token: string;
  readonly requirement: RequirementRow;
  /** Undefined for an operation of the organization. */
  readonly database: string | undefined;
  readonly answer: 'yes' | 'no' | 'perhaps' | 'not_published';
  readonly by: readonly HeldRow[];
}

const COLUMNS: readonly Column<ExplanationRow>[] = [
  { header: 'Token', cell: ({ token }) => token },
  { header: 'Operation', cell: ({ requirement }) => requirement.operation },
  { header: 'OperationId', cell: ({ requirement }) => requirement.operationId },
  { header: 'Database', cell: ({ database }) => database ?? '' },
  { header: 'Answer', cell: ({ answer }) => answer },
  {
    header: 'By',
    cell: ({ by }) =>
      by.map(
        ({ resource_type, resource_name, access }) =>
          `${resource_type ?? 'Unknown'} ${resource_name ?? 'unknown'}: ${access}`,
      ),
  },
  { header: 'AnyOf', cell: ({ requirement }) => requirement.anyOf },
];

/** Whether a token can do something, and by which of its permissions. */
export function explanationView(row: ExplanationRow): Result {
  const { token, requirement, database, answer, by } = row;
  return {
    data: {
      token,
      operation: requirement.operation,
      operation_id: requirement.operationId,
      database: database ?? null,
      answer,
      by: by.map(({ resource_type, resource_name, access }) => ({ resource_type, resource_name, access })),
      any_of: requirement.anyOf,
    },
    table: tabulate(COLUMNS, [row]),
    human: {
      kind: 'paragraphs',
      paragraphs: [
        { text: sentence(row) },
        ...by.map((held) => ({ text: text`It has ${heldInWords(held)}.`, indent: 2 })),
        ...(answer === 'yes' ? [] : [{ text: needed(row), indent: 2 }]),
      ],
    },
  };
}

function sentence({ token, requirement, database, answer }: ExplanationRow): Text {
  const place = database === undefined ? text`` : text` on database ${database}`;
  const deed = text`${unstyled(operationInWords(requirement.operationId))}${place}`;
  switch (answer) {
    case 'yes':
      return text`${toned('granted', 'Yes')}: by PlanetScale's published list, service token ${token} can ${deed}.`;
    case 'no':
      return text`${toned('removed', 'No')}: by PlanetScale's published list, service token ${token} cannot ${deed}.`;
    case 'perhaps':
      return text`${toned('warning', 'Perhaps')}: by PlanetScale's published list, it is not clear whether service token ${token} can ${deed}.`;
    case 'not_published':
      return text`${toned('warning', 'Not published')}: by PlanetScale's published list, nothing is known of the permissions needed to ${deed}.`;
  }
}

function heldInWords({ resource_type, resource_name, access }: HeldRow): Text {
  const kind = resource_type === null ? text`an unknown resource` : unstyled(resource_type.toLowerCase());
  return text`${toned('granted', access)} on ${kind} ${resource_name ?? '(no name)'}`;
}

function needed({ requirement, answer }: ExplanationRow): Text {
  const { anyOf } = requirement;
  const names = listed(anyOf.map((name) => toned('name', name)));
  if (answer === 'not_published') return text`Likely: ${names}.`;
  return anyOf.length > 1 ? text`Any one of these allows it: ${names}.` : text`This allows it: ${names}.`;
}
