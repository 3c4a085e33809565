import { command } from '../../cli/command.ts';
import { switchFlag, valueFlag } from '../../cli/declaration.ts';
import { type End, endOf, showing, showingText } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { renderMarkdown } from '../../output/markdown.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { lines, listed, plain, type Text, text, unstyled } from '../../text/text.ts';
import type { ReadWork } from '../../tokens/read-grants.ts';
import { reading } from '../../tokens/reading.ts';
import { DEFAULT_LIMITS, lossesOf } from '../access-changes.ts';
import type { AccessFile } from '../access-file.ts';
import { ACCESS_FILES, loadAccessFiles } from '../load.ts';
import type { MadePlan } from '../make-plan.ts';
import { saidBy } from '../views/access-file.ts';
import { accessPlanView, type PlanView, planParagraphs } from '../views/access-plan.ts';

export const accessPlan = command({
  name: 'plan',
  description:
    'Show what has to change so that each service token may do what a file says, token by token, and change nothing. --format markdown is for a comment on a pull request.',
  arguments: { files: ACCESS_FILES },
  flags: {
    failIfAny: switchFlag(
      '--fail-if-any',
      'Exit with status 3 if anything would change or needs a decision, or a listed token has expired',
    ),
    out: valueFlag(
      '--out <path>',
      'Also write the plan to this file as JSON, from the same reading',
      filePath,
      {
        completes: 'file',
      },
    ),
    strict: switchFlag('--strict', 'The same, and also if a token is owned but not listed'),
  },
  ownFormat: 'markdown',
  examples: [
    ['access plan service-tokens.yml', 'What is not as the file says?'],
    [
      'access plan service-tokens.yml --strict --format json',
      'Every night in CI; status 3 if anything differs',
    ],
  ],
  run: async ({ files: paths, failIfAny, strict, out }, context) => {
    const file = await loadAccessFiles(paths, context);
    const plan = await planNow(file, context);
    const view = await viewOf(plan, paths, context);
    if (out !== undefined) await writePlan(view, out, context);
    const end = verdictOf(plan, { failIfAny: failIfAny || strict, strict });
    if (!context.isOwnFormat) return showing(accessPlanView(view), { end });
    return showingText(renderMarkdown(planParagraphs(view), view.after), { end });
  },
});

/** @throws Failure INVALID_USAGE */
function filePath(path: string): string {
  if (path !== '') return path;
  throw new Failure('INVALID_USAGE', text`--out is empty`, {
    hint: text`Perhaps a shell variable is empty.`,
  });
}

/** What `--format json` prints, into a file: what people read and what a program applies come from one reading. */
async function writePlan(view: PlanView, path: string, context: Context): Promise<void> {
  const [{ rewriteTextFile }, { renderJson }] = await Promise.all([
    import('../../files/text-file.ts'),
    import('../../output/json.ts'),
  ]);
  const content = context.redacted(renderJson(accessPlanView(view).data));
  const place = { value: path, source: { kind: 'flag', name: '--out' } } as const;
  await rewriteTextFile(place, context, () => content, 'everybody');
}

/** Makes the plan from what there is now. */
export async function planNow(
  file: AccessFile,
  context: Context,
  work = readingTokens(file.organization, context),
): Promise<MadePlan> {
  const organization = await context.organization();
  const { apiUrl } = await context.settings();
  const { makePlan } = await import('../index.ts');
  return makePlan(file, organization, apiUrl.value, work);
}

/** What reading the tokens of an organization needs. */
export function readingTokens(organization: string, context: Context): ReadWork {
  return reading(text`Reading service tokens of org ${organization}`, context);
}

/** The plan as it is shown. */
export async function viewOf(plan: MadePlan, paths: readonly string[], context: Context): Promise<PlanView> {
  const { apiUrl } = await context.settings();
  return {
    ...plan,
    files: paths,
    organization: await context.organizationName(),
    apiUrl: apiUrl.value.href,
    after: summaryOf(plan, paths),
    wordsOf: (message) => context.redacted(plain(message)),
  };
}

function summaryOf({ changes, digest, decisions }: MadePlan, paths: readonly string[]): Text {
  const left = decisions.length > 0 ? [text`${leftOut(decisions)}.`] : [];
  if (changes.length === 0) {
    return lines(
      ...left,
      left.length > 0
        ? text`All else is as ${saidBy(paths)}.`
        : text`Nothing to change: every listed token is as ${saidBy(paths)}.`,
      text`Digest of this plan: ${digest}`,
    );
  }
  const count = changes.length === 1 ? text`1 change` : text`${unstyled(changes.length)} changes`;
  const needs = needsOf(changes);
  return lines(
    ...left,
    ...needs.map(({ why }) => why),
    text`${count}. Nothing was changed. To apply exactly this:`,
    text`${commandLine('access', 'apply', ...paths, '--plan', digest, ...needs.flatMap(({ flags }) => flags))}`,
  );
}

/** What an apply asks for beside the approval, and why. */
interface Need {
  readonly flags: readonly string[];
  readonly why: Text;
}

function needsOf(changes: MadePlan['changes']): Need[] {
  const { deletions, removals } = lossesOf(changes);
  const created = changes.flatMap(({ action, name }) => (action === 'create' ? [name] : []));
  const need = (isNeeded: boolean, flags: Need['flags'], why: Text): Need[] =>
    isNeeded ? [{ flags, why }] : [];
  return [
    ...need(
      deletions > DEFAULT_LIMITS.deletions,
      ['--max-deletions', String(deletions)],
      text`It deletes ${unstyled(deletions)} tokens: apply needs --max-deletions.`,
    ),
    ...need(
      removals > DEFAULT_LIMITS.removals,
      ['--max-removals', String(removals)],
      text`It takes away ${unstyled(removals)} permissions: apply needs --max-removals.`,
    ),
    ...need(
      created.length > 0,
      ['-e', '{name}.env'],
      text`It creates ${listed(created)}: apply needs a place for the secrets, such as -e or --pipe.`,
    ),
  ];
}

/** How many names apply leaves out. */
function leftOut({ length }: MadePlan['decisions']): Text {
  return length === 1 ? text`1 token needs a decision` : text`${unstyled(length)} tokens need a decision`;
}

function verdictOf(
  { changes, decisions, reports }: MadePlan,
  { failIfAny, strict }: { failIfAny: boolean; strict: boolean },
): End {
  const { expired, unlisted } = reports;
  const unknown = decisions.filter(({ kind }) => kind === 'unknown' || kind === 'database');
  if (unknown.length > 0) {
    return endOf(new Failure('COMMAND_FAILED', lines(...unknown.map(({ reason }) => reason))));
  }
  const isDifferent =
    changes.length + decisions.length + expired.length > 0 || (strict && unlisted.length > 0);
  return { kind: failIfAny && isDifferent ? 'found something' : 'done' };
}
