import type { Client } from '../api/client.ts';
import { commandLine, shellWord } from '../command-line.ts';
import type { Context } from '../context.ts';
import { parseDuration } from '../duration.ts';
import { Failure, rephrased } from '../errors.ts';
import { grantAccess } from '../operations/grant-access.ts';
import { issueToken } from '../operations/issue-token.ts';
import type { Prompter } from '../prompts/prompter.ts';
import { tokenVariables } from '../sinks/token-variables.ts';
import { lines, listed, type Text, text, unstyled } from '../text.ts';
import { chooseNextScope, choosePermissions } from './access-choices.ts';
import { productionAdvice } from './access-names.ts';
import { describeScope } from './access-scope.ts';
import { organizationOf } from './arguments.ts';
import type { Outcome } from './command.ts';
import { printed, refuseLostSecret } from './hand-over.ts';
import { issuing, labelOf, newTokenView } from './issuing.ts';

interface Plan {
  readonly organization: string;
  readonly name: string | undefined;
  /** Seconds. */
  readonly ttl: number | undefined;
  /** Accesses by database, `''` being the organization. */
  readonly access: ReadonlyMap<string, readonly string[]>;
}

/** Asks for all that a token needs, and makes it after one last question. */
export async function runCreateInteractively(
  options: { readonly name?: string; readonly ttl?: number },
  context: Context,
): Promise<Outcome> {
  if (!context.io.interactive) {
    throw new Failure('TTY_REQUIRED', text`create --interactive needs a terminal to ask its questions in`, {
      hint: text`Without one, use create with --name, --ttl and --access.`,
    });
  }
  refuseLostSecret(context);
  const organization = await organizationOf(context);
  const client = await context.client();
  context.progress.start(text`Fetching databases of org ${organization}`);
  const databases = await client.listDatabases(organization);
  const prompter = await context.prompter();
  const name = options.name ?? (await prompter.ask(text`Name of the new token (empty for none):`, tooLong));
  const ttl = options.ttl ?? (await chooseTtl(prompter));
  const access = new Map<string, readonly string[]>();
  for (;;) {
    const scope = await chooseNextScope(organization, databases, access, prompter);
    if (scope === undefined) break;
    const question = text`What may the new token do on ${describeScope(scope)}?`;
    access.set(scope, await choosePermissions(question, scope, access.get(scope) ?? [], prompter));
  }
  for (const [scope, names] of access) if (names.length === 0) access.delete(scope);
  const plan: Plan = { organization, name: name || undefined, ttl: ttl || undefined, access };
  if (!(await prompter.confirm(summary(plan)))) throw new Failure('CANCELLED', text`no token was created`);
  return carryOut(plan, client, context);
}

const LONGEST_NAME = 255;

function tooLong(name: string): Text | undefined {
  return name.length > LONGEST_NAME ? text`${unstyled(LONGEST_NAME)} characters at most` : undefined;
}

const DAY = 86_400;
const CUSTOM = 'custom';

async function chooseTtl(prompter: Prompter): Promise<number> {
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
  if (chosen !== CUSTOM) return Number(chosen);
  const problemOf = (answer: string): Text | undefined =>
    parseTtlInWords(answer) === undefined ? text`A length of time such as 12h, 45m, 90s or 10d` : undefined;
  return parseTtlInWords(await prompter.ask(text`In how long?`, problemOf)) ?? 0;
}

/** Seconds of a duration; at least one. */
function parseTtlInWords(answer: string): number | undefined {
  const seconds = Math.floor((parseDuration(answer.trim()) ?? 0) / 1_000);
  return seconds >= 1 ? seconds : undefined;
}

function summary({ organization, name, ttl, access }: Plan): Text {
  const label: Text = name === undefined ? text`(no name)` : text`${name}`;
  const expiry = ttl === undefined ? 'never' : `in ${describeTtl(ttl)}`;
  const grants = [...access].map(([scope, names]) => text`  ${describeScope(scope)}: ${listed(names)}`);
  return lines(
    text`New service token ${label} in ${organization}, expires ${unstyled(expiry)}`,
    ...(grants.length === 0 ? [text`  no access yet`] : grants),
    text`Create it?`,
  );
}

function describeTtl(seconds: number): string {
  for (const [unit, length] of [
    ['day', DAY],
    ['hour', 3_600],
    ['minute', 60],
  ] as const) {
    if (seconds % length === 0) return `${seconds / length} ${unit}${seconds === length ? '' : 's'}`;
  }
  return `${seconds} seconds`;
}

/** Makes the token and grants what was chosen. The token is shown even if granting fails: a person is there. */
async function carryOut(
  { organization, name, ttl, access }: Plan,
  client: Client,
  context: Context,
): Promise<Outcome> {
  let failure: Failure | undefined;
  await issueToken({ organization, name, ttl, access: [] }, issuing(organization, client, context), {
    deliver: async ({ token }) => {
      failure = await grantAll(token.id, organization, access, client, context);
      const before = text`Service token ${labelOf(token)} was created in organization ${organization}.`;
      const exports = [...tokenVariables(token)].map(
        ([name, value]) => text`${`export ${name}=${shellWord(value)}`}`,
      );
      const advice = [text`To use it in this shell:\n`, ...exports];
      const notes = productionAdvice([...access.values()].flat());
      await printed(() => context.print({ ...newTokenView(token, undefined, { before, advice }), notes }));
    },
  });
  return { printed: true, failure };
}

/** Answers what went wrong, with the commands that finish the job. */
async function grantAll(
  tokenId: string,
  organization: string,
  access: ReadonlyMap<string, readonly string[]>,
  client: Client,
  { clock, random, interruption }: Context,
): Promise<Failure | undefined> {
  const left = new Map(access);
  try {
    for (const [database, names] of access) {
      const dependencies = { client, clock, random, signal: interruption.signal };
      await grantAccess(organization, tokenId, { database, access: names }, dependencies);
      left.delete(database);
    }
    return undefined;
  } catch (failure) {
    if (!(failure instanceof Failure)) throw failure;
    return unfinished(failure, organization, tokenId, left);
  }
}

/** A token that does not hold all yet, and the commands that finish the job. */
function unfinished(
  failure: Failure,
  organization: string,
  tokenId: string,
  left: ReadonlyMap<string, readonly string[]>,
): Failure {
  const commands = [...left].map(([database, names]) => {
    const scope = database === '' ? ['--organization-level'] : ['--database', database];
    return commandLine('add-access', tokenId, ...names, ...scope, '--org', organization);
  });
  const message = lines(
    text`token ${tokenId} was created, but does not hold all of its access:`,
    failure.text,
  );
  return rephrased(failure, message, {
    hint: lines(text`To finish the job:`, ...commands.map((command) => text`${command}`)),
    nextSteps: commands,
  });
}
