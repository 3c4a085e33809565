import { type Column, type Paragraph, type Result, tabulate } from '../../output/result.ts';
import { describeScope } from '../../permissions/scope.ts';
import { commandLine } from '../../text/command-line.ts';
import { listed, type Text, text, toned, unstyled } from '../../text/text.ts';
import { spelledDuration } from '../../values/duration.ts';
import { shownName } from '../../values/lookalike.ts';
import { goTime, goTimeOrNull } from '../../values/time.ts';
import { productionAdvice } from '../../views/grants.ts';
import { type Change, type Decision, given, namesOf } from '../access-changes.ts';

/** What is shown of a token that a plan reports. */
interface ReportedToken {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
}

interface NamedToken {
  /** What the file calls it. */
  readonly name: string;
  readonly token: ReportedToken;
}

export interface PlanReportRows {
  readonly unlisted: readonly ReportedToken[];
  readonly expired: readonly NamedToken[];
  readonly expiring: readonly NamedToken[];
  /** `at`: where the file says `id`. */
  readonly replaced: readonly (NamedToken & { readonly at: string; readonly id: string })[];
  readonly marked: readonly {
    readonly token: ReportedToken;
    readonly mark: { readonly name: string; readonly until: number; readonly replacedBy: string };
  }[];
  readonly unchecked: readonly string[];
  readonly unproven: readonly ReportedToken[];
  readonly lookalikes: readonly NamedToken[];
  readonly doubled: readonly { readonly name: string; readonly ids: readonly string[] }[];
  readonly unidentified: readonly NamedToken[];
}

export interface PlanView {
  /** The paths of the files. */
  readonly files: readonly string[];
  readonly organization: string;
  readonly apiUrl: string;
  readonly digest: string;
  readonly changes: readonly Change[];
  readonly decisions: readonly Decision[];
  /** Milliseconds since the epoch when the plan was made. */
  readonly time: number;
  readonly reports: PlanReportRows;
  /** Who made a token, by its id, as far as that could be read. */
  readonly creators: ReadonlyMap<string, { readonly actor_display_name: string | null } | undefined>;
  /** What people are told at the end. */
  readonly after: Text;
  /** A message in a form for JSON. */
  readonly wordsOf: (message: Text) => string;
}

/** A change, and the id of its token as far as there is one. */
export interface ChangeRow {
  readonly change: Change;
  readonly id: string | null;
}

/** What of a change tables show. */
export const ACCESS_CHANGE_COLUMNS: readonly Column<ChangeRow>[] = [
  { header: 'Action', cell: ({ change }) => change.action },
  { header: 'ID', cell: ({ id }) => id ?? '' },
  { header: 'Name', cell: ({ change }) => change.name },
  { header: 'Database', cell: ({ change }) => ('database' in change ? change.database : '') },
  { header: 'Before', cell: ({ change }) => cellOf(change.before) },
  { header: 'After', cell: ({ change }) => cellOf(change.after) },
];

function cellOf(value: Change['before'] | Change['after']): string | readonly string[] {
  if (value === null) return '';
  return typeof value === 'string' || 'length' in value ? value : JSON.stringify(value);
}

/** What apply would do, a paragraph for each token, and what there is to say beside it. */
export function accessPlanView(plan: PlanView): Result {
  return {
    data: planData(plan),
    table: tabulate(
      ACCESS_CHANGE_COLUMNS,
      plan.changes.map((change) => ({ change, id: change.id })),
    ),
    human: { kind: 'paragraphs', paragraphs: [...planParagraphs(plan), { text: plan.after }] },
  };
}

/** For JSON: the changes in their order, their digest, and the reports. */
function planData({
  files,
  organization,
  apiUrl,
  digest,
  changes,
  decisions,
  reports,
  creators,
  wordsOf,
}: PlanView) {
  return {
    files,
    organization,
    api_url: apiUrl,
    digest,
    changes: changes.map(changeData),
    decisions: decisions.map((decision) => decisionData(decision, wordsOf)),
    reports: {
      unlisted: reports.unlisted.map(tokenRow),
      expired: reports.expired.map(namedRow),
      expiring: reports.expiring.map(namedRow),
      replaced: reports.replaced.map((one) => ({ ...namedRow(one), file_id: one.id, at: one.at })),
      rotated: reports.marked.map(({ token, mark }) => ({
        ...tokenRow(token),
        until: new Date(mark.until).toISOString(),
        replaced_by: mark.replacedBy,
      })),
      unproven: reports.unproven.map(tokenRow),
      unchecked_databases: reports.unchecked,
      lookalikes: reports.lookalikes.map(({ name, token }) => ({ ...tokenRow(token), looks_like: name })),
      doubled: reports.doubled,
      without_id: reports.unidentified.map((one) => ({
        ...namedRow(one),
        created_by: creators.get(one.token.id)?.actor_display_name ?? null,
      })),
    },
  };
}

/** A change for JSON. */
export function changeData({ action, id, name, before, after, ...others }: Change) {
  return { action, id, name, ...others, before, after };
}

/** What needs a decision, for JSON. */
export function decisionData({ reason, ...others }: Decision, wordsOf: PlanView['wordsOf']) {
  return { ...others, reason: wordsOf(reason) };
}

/** What needs a decision, for people. */
export function decisionInWords({ name, at, reason }: Decision): Text {
  return text`${toned('warning', 'Needs a decision')}: ${name} (${at}): ${reason}`;
}

function tokenRow({ id, name, created_at, expires_at }: ReportedToken) {
  return { id, name, created_at: goTime(created_at), expires_at: goTimeOrNull(expires_at) };
}

function namedRow({ name, token }: NamedToken) {
  return { ...tokenRow(token), name };
}

/** The plan for people, without what it comes to. */
export function planParagraphs(plan: PlanView): Paragraph[] {
  const tokens = new Map<string, Change[]>();
  for (const change of plan.changes) {
    const key = change.id ?? `new ${change.name}`;
    tokens.set(key, [...(tokens.get(key) ?? []), change]);
  }
  const heading = text`Plan for organization ${plan.organization}, by ${listed(plan.files)}:`;
  return [
    ...(plan.changes.length === 0 ? [] : [{ text: heading }, BLANK]),
    ...[...tokens.values()].flatMap((changes): Paragraph[] => [
      { text: titleOf(changes) },
      ...changes.map((change) => ({ text: inWords(change), indent: 2 })),
      BLANK,
    ]),
    ...reportParagraphs(plan),
    ...productionAdvice(given(plan.changes).flatMap(({ access }) => access)).flatMap((advice) => [
      { text: advice },
      BLANK,
    ]),
  ];
}

const BLANK: Paragraph = { text: text`` };

function titleOf([change]: readonly Change[]): Text {
  if (!change) return text``;
  const { id, name } = change;
  const called = shownName(change.action === 'delete' ? change.before : name);
  return id === null ? text`${toned('name', called)}` : text`${toned('name', called)} (${unstyled(id)})`;
}

/** A change in a sentence without its subject. */
export function inWords(change: Change): Text {
  switch (change.action) {
    case 'rename':
      return text`renamed from ${shownName(change.before)}`;
    case 'restrict':
      return text`accepted from ${networks(change.after)}; before: ${networks(change.before)}`;
    case 'grant':
      return text`granted ${listed(namesOf(change).map(granted))} on ${describeScope(change.database)}`;
    case 'remove':
      return text`taken away: ${listed(namesOf(change).map(removed))} on ${describeScope(change.database)}`;
    case 'create': {
      const { access, cidrs, ttl } = change.after;
      const holding = access.map((scope) => {
        return text`${listed(scope.access.map(granted))} on ${describeScope(scope.database)}`;
      });
      const holds = holding.length === 0 ? text`no permissions` : listed(holding, text` and `);
      const end = ttl === null ? text`does not expire` : text`expires after ${spelledDuration(ttl)}`;
      return text`created with ${holds}; ${end}, and is accepted from ${networks(cidrs)}`;
    }
    case 'delete': {
      const why = change.reason === 'unfinished' ? text`: an apply that did not end left it` : text``;
      const held = change.held.map(({ database, access }) => {
        return text`${listed(access.map(removed))} on ${describeScope(database)}`;
      });
      const loss = held.length === 0 ? text`` : text`; it holds ${listed(held, text` and `)}`;
      return text`deleted${why}${loss}`;
    }
  }
}

function granted(name: string): Text {
  return toned('granted', name);
}

function removed(name: string): Text {
  return toned('removed', name);
}

function networks(cidrs: readonly string[]): Text {
  return cidrs.length === 0 ? text`any address` : listed(cidrs);
}

/** So many of what repeats from plan to plan are named. */
const MOST_NAMED = 10;

/** One line for all of a kind, and none for none. JSON has each. */
function folded<Entry>(
  entries: readonly Entry[],
  named: (entry: Entry) => Text,
  line: (all: Text, isOne: boolean) => Text,
): Text[] {
  if (entries.length === 0) return [];
  const rest = entries.length - MOST_NAMED;
  const more = rest > 0 ? text` and ${unstyled(rest)} more` : text``;
  return [line(text`${listed(entries.slice(0, MOST_NAMED).map(named))}${more}`, entries.length === 1)];
}

function byAge(one: ReportedToken, other: ReportedToken): number {
  return Date.parse(other.created_at) - Date.parse(one.created_at);
}

/** A line for each thing that decides nothing. */
function reportParagraphs({ decisions, reports, creators, organization, time }: PlanView): Paragraph[] {
  const {
    unlisted,
    expired,
    expiring,
    replaced,
    marked,
    unproven,
    unchecked,
    lookalikes,
    doubled,
    unidentified,
  } = reports;
  const isOwned = new Set(unlisted.map(({ id }) => id));
  const isMarked = new Set([...marked.map(({ token }) => token.id), ...unproven.map(({ id }) => id)]);
  const unlistedToo = (id: string): Text => (isOwned.has(id) ? text` Owned, but not listed.` : text``);
  const rotate = (id: string): string => commandLine('rotate', id, '--org', organization);
  const told = [
    ...decisions.map(decisionInWords),
    ...unidentified.map(({ name, token }) => {
      const by = creators.get(token.id)?.actor_display_name;
      const creator = by ? text`by ${by}` : text`by somebody who cannot be read`;
      return text`Check that ${name} is yours: ${token.id} was created at ${goTime(token.created_at)} ${creator}, and the file has no id for it.`;
    }),
    ...expired.map(({ name, token }) => {
      return text`${toned('warning', 'Expired')}: ${name} (${token.id}) at ${goTime(token.expires_at ?? '')}. It stays expired; replace it with: ${rotate(token.id)}`;
    }),
    ...expiring.map(({ name, token }) => {
      return text`Expires soon: ${name} (${token.id}) at ${goTime(token.expires_at ?? '')}. Replace it with: ${rotate(token.id)}`;
    }),
    ...replaced.map(({ name, at, id, token }) => {
      return text`Replaced by rotate: ${name} is ${token.id} now. In ${at}, change id: ${id} to id: ${token.id}.`;
    }),
    ...folded(
      // The newest ones first: what is new there has the most to tell.
      unlisted.filter(({ id }) => !isMarked.has(id)).toSorted(byAge),
      ({ id, name, created_at }) => text`${shownName(name ?? '')} (${id}, created at ${goTime(created_at)})`,
      (tokens, isOne) =>
        text`Owned, but not listed: ${tokens}. List ${isOne ? text`it` : text`them`} under tokens or absent.`,
    ),
    ...marked.map(({ token, mark }) => {
      const ends = mark.until > time ? text`Ends` : text`Ended`;
      return text`${ends} at ${new Date(mark.until).toISOString()}: ${mark.name} (${token.id}); ${mark.replacedBy} replaces it.${unlistedToo(token.id)}`;
    }),
    ...unproven.map(({ id, name }) => {
      return text`${toned('warning', 'Not replaced')}: ${name ?? ''} (${id}) has the name of a rotated token, but its expiry or its replacement does not match.${unlistedToo(id)}`;
    }),
    ...(unchecked.length === 0
      ? []
      : [
          text`Not checked: whether ${listed(unchecked)} ${unchecked.length === 1 ? text`exists` : text`exist`}. Listing all databases takes read_databases.`,
        ]),
    ...lookalikes.map(({ name, token }) => {
      return text`${toned('warning', 'Not the same')}: ${JSON.stringify(token.name)} (${token.id}) looks like ${JSON.stringify(name)}, and is another name.`;
    }),
    ...folded(
      doubled,
      ({ name, ids }) => text`${name} (${listed(ids)})`,
      (names) => text`Not in the file, and several tokens have one name: ${names}.`,
    ),
  ];
  return told.length === 0 ? [] : [...told.map((line) => ({ text: line })), BLANK];
}
