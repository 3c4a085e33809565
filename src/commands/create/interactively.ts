import type { Context } from '../../context.ts';
import { checkStdout } from '../../delivery/hand-over.ts';
import type { AccessAsked } from '../../flags/access.ts';
import type { Expiry } from '../../flags/expiry.ts';
import { commandBehind, type Place, placeWords } from '../../flags/place.ts';
import { type AccessScope, describeScope, ORGANIZATION_LEVEL } from '../../permissions/scope.ts';
import { chooseNextScope, choosePermissions } from '../../prompts/access-choices.ts';
import type { Prompter } from '../../prompts/prompter.ts';
import { holdsSecret } from '../../settings/redaction.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { lines, listed, type Text, text, unstyled } from '../../text/text.ts';
import type { TokenPlan } from '../../tokens/issue-token.ts';
import { accessToGrant } from '../../tokens/settled-access.ts';
import { parseDuration } from '../../values/duration.ts';
import { canonicalNetwork, MOST_NETWORKS, parseNetwork } from '../../values/networks.ts';
import { LONGEST_NAME, nameLength } from '../../values/token-name.ts';

/** What the command line has given already: it is not asked for. */
export interface GivenPlan {
  readonly name: string | undefined;
  readonly expiry: Expiry | undefined;
  /** Canonical; none where they are not given. */
  readonly cidrs: readonly string[];
  readonly access: AccessAsked;
}

/**
 * Asks for all that a token needs and has not been given, an env file where no secret is to be printed, and for a last yes. What comes after is the same
 * transaction as without questions.
 *
 * @throws Failure TTY_REQUIRED, CANCELLED
 */
export async function askForPlan(
  given: GivenPlan,
  asked: Place,
  context: Context,
): Promise<{ readonly plan: TokenPlan; readonly place: Place }> {
  if (!context.io.interactive) {
    throw new Failure('TTY_REQUIRED', text`create --interactive requires an interactive terminal`, {
      hint: text`Without one, use create with --name, --ttl and --access.`,
    });
  }
  // Before any question: nobody should answer them for nothing.
  const { noReveal } = await context.settings();
  const needsPlace = asked.kind === 'stdout' && noReveal !== undefined;
  if (!needsPlace && (asked.kind === 'stdout' || asked.kind === 'export')) await checkStdout(context);
  const organization = await context.organization();
  const granted = await accessToGrant(given.access, organization, context);
  context.progress.start(text`Fetching databases of org ${organization.name}`);
  const databases = await organization.databases.list();
  const prompter = await context.prompter();
  const place = needsPlace ? await askForPlace(asked, prompter) : asked;
  const name =
    given.name ?? (await prompter.ask(text`Name of the new token (empty for none):`, problemOfName));
  const expiry = given.expiry ?? { ttl: await chooseTtl(prompter) };
  const cidrs = given.cidrs.length > 0 ? given.cidrs : await chooseNetworks(prompter);
  const access = new Map<AccessScope, readonly string[]>(
    granted.map(({ database, access: names }) => [database, names]),
  );
  while (granted.length === 0) {
    const scope = await chooseNextScope(organization.name, databases, access, prompter);
    if (scope === undefined) break;
    const question = text`Permissions of the new token on ${describeScope(scope)}:`;
    access.set(scope, await choosePermissions(question, scope, access.get(scope) ?? [], prompter));
  }
  const changes = [...access]
    .filter(([, names]) => names.length > 0)
    .map(([database, names]) => ({ database, access: names }));
  const plan = { name: name || undefined, ...expiry, cidrs, access: changes };
  if (await prompter.confirm(summary(plan, organization.name))) return { plan, place };
  throw new Failure('CANCELLED', text`no token was created`);
}

async function askForPlace(asked: Place, prompter: Prompter): Promise<Place> {
  const question = text`Secrets are not printed here. Env file to save it in (such as .env):`;
  const path = await prompter.ask(question, problemOfPath);
  return { ...asked, kind: 'dotenv', path: path.trim(), overwrites: false };
}

function problemOfPath(path: string): Text | undefined {
  if (holdsSecret(path)) return text`That is a secret`;
  return path.trim() === '' ? text`Name a file, such as .env` : undefined;
}

function problemOfName(name: string): Text | undefined {
  if (holdsSecret(name)) return text`That is a secret`;
  return nameLength(name) > LONGEST_NAME ? text`Use at most ${unstyled(LONGEST_NAME)} characters` : undefined;
}

const SECOND = 1_000;
const DAY = 86_400;
const CUSTOM = 'custom';

/** Seconds; undefined for a token that does not expire. */
async function chooseTtl(prompter: Prompter): Promise<number | undefined> {
  const days = [1, 7, 30, 90].map((count) => ({
    id: String(count * DAY),
    label: count === 1 ? '1 day' : `${count} days`,
    detail: '',
  }));
  const choices = [
    { id: '0', label: 'Never', detail: 'until it is deleted' },
    ...days,
    { id: CUSTOM, label: 'Custom', detail: 'such as 12h, 45m or 10d' },
  ];
  const chosen = await prompter.choose(text`When should it expire?`, choices);
  if (chosen !== CUSTOM) return Number(chosen) || undefined;
  const problemOf = (answer: string): Text | undefined =>
    secondsOf(answer) === undefined ? text`Use a duration such as 12h, 45m, 90s or 10d` : undefined;
  return secondsOf(await prompter.ask(text`In how long?`, problemOf));
}

/** The networks that the token is to be accepted from; none for any address. */
async function chooseNetworks(prompter: Prompter): Promise<readonly string[]> {
  const question = text`IP restrictions (empty for none):`;
  return networksOf(await prompter.ask(question, problemOfNetworks));
}

function problemOfNetworks(answer: string): Text | undefined {
  const entries = entriesOf(answer);
  if (entries.length > MOST_NETWORKS) return text`Use at most ${unstyled(MOST_NETWORKS)}`;
  for (const entry of entries) {
    const parsed = parseNetwork(entry);
    if ('problem' in parsed) return text`${entry}: ${unstyled(parsed.problem)}`;
  }
  return undefined;
}

function networksOf(answer: string): readonly string[] {
  return [...new Set(entriesOf(answer).map(canonicalNetwork))];
}

function entriesOf(answer: string): string[] {
  return answer.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** Whole seconds of a duration; at least one. */
function secondsOf(answer: string): number | undefined {
  const seconds = Math.floor((parseDuration(answer.trim()) ?? 0) / SECOND);
  return seconds >= 1 ? seconds : undefined;
}

function summary({ name, ttl, at, cidrs = [], access }: TokenPlan, organization: string): Text {
  const label = name === undefined ? text`(no name)` : text`${name}`;
  const moment = at === undefined ? text`never` : text`at ${new Date(at).toISOString()}`;
  const expiry = ttl === undefined ? moment : text`in ${unstyled(describeTtl(ttl))}`;
  const grants = access.map(
    ({ database, access: names }) => text`  ${describeScope(database)}: ${listed(names)}`,
  );
  return lines(
    text`New service token ${label} in ${organization}, expires ${expiry}`,
    ...(cidrs.length === 0 ? [] : [text`  only from ${listed(cidrs)}`]),
    ...(grants.length === 0 ? [text`  no permissions yet`] : grants),
    text`Create it?`,
  );
}

/** In the largest unit that leaves no rest, as the choices are called: `30 days`. */
function describeTtl(seconds: number): string {
  const [count, unit] = inLargestUnit(seconds);
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}

function inLargestUnit(seconds: number): [count: number, unit: string] {
  for (const [unit, length] of [
    ['day', DAY],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds % length === 0) return [seconds / length, unit];
  }
  return [seconds, 'second'];
}

/**
 * The command line that makes such a token without a question. Credentials are no part of it: they come from where
 * they came from this time.
 */
export function sameWithoutQuestions(
  plan: TokenPlan,
  place: Place,
  organization: string,
  format: string | undefined,
): string {
  return commandLine(
    'create',
    ...valued('--name', plan.name),
    ...plan.access.flatMap(({ database, access }) => {
      const names = access.join(',');
      return valued('--access', database === ORGANIZATION_LEVEL ? names : `${database}=${names}`);
    }),
    ...valued('--ttl', plan.ttl === undefined ? undefined : shortTtl(plan.ttl)),
    ...valued('--expires-at', plan.at === undefined ? undefined : new Date(plan.at).toISOString()),
    ...(plan.cidrs && plan.cidrs.length > 0 ? valued('--cidrs', plan.cidrs.join(',')) : []),
    ...placeWords(place),
    ...valued('--org', organization),
    ...valued('--format', format),
    ...commandBehind(place),
  );
}

/** A flag and its value, in one word where the value looks like a flag. */
function valued(flag: string, value: string | undefined): string[] {
  if (value === undefined) return [];
  return value.startsWith('-') ? [`${flag}=${value}`] : [flag, value];
}

/** As `--ttl` takes it: `30d`, `90m`. */
function shortTtl(seconds: number): string {
  const [count, unit] = inLargestUnit(seconds);
  return `${count}${unit[0]}`;
}
