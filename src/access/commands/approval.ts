import { flagsTogether, valueFlag } from '../../cli/declaration.ts';
import { unasked } from '../../flags/force.ts';
import { SELF } from '../../flags/token.ts';
import { commandLine } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { lines, text, unstyled } from '../../text/text.ts';
import { parseInteger } from '../../values/integer.ts';
import { DEFAULT_LIMITS } from '../access-changes.ts';
import type { Limits } from '../check.ts';
import type { MadePlan } from '../make-plan.ts';

/** How much an apply may take away, whatever approves it. */
export const LIMITS = flagsTogether(
  {
    deletions: valueFlag('--max-deletions <count>', 'Delete at most so many tokens; 1 by default', (value) =>
      parseCount('--max-deletions', value),
    ),
    removals: valueFlag(
      '--max-removals <count>',
      'Take away at most so many permissions; 20 by default',
      (value) => parseCount('--max-removals', value),
    ),
    self: SELF,
  },
  ({ deletions = DEFAULT_LIMITS.deletions, removals = DEFAULT_LIMITS.removals, self }): Limits => {
    return { deletions, removals, self };
  },
);

/** How a plan has been approved. */
export type Approval =
  | { readonly kind: 'digest'; readonly digest: string }
  | { readonly kind: 'forced' }
  | { readonly kind: 'ask' };

/** What approves a plan. */
export const APPROVAL = flagsTogether(
  {
    digest: valueFlag(
      '--plan <digest>',
      'Apply the plan of this digest, as access plan told it, or nothing',
      parseDigest,
    ),
    force: unasked('Apply whatever plan is made now'),
  },
  ({ digest, force }): Approval => {
    if (digest !== undefined && force)
      throw new Failure('INVALID_USAGE', text`Use only one of: --plan, --force.`);
    if (digest !== undefined) return { kind: 'digest', digest };
    return { kind: force ? 'forced' : 'ask' };
  },
);

/** @throws Failure INVALID_USAGE */
function parseCount(flag: string, value: string): number {
  const integer = parseInteger(value);
  if (integer.kind === 'integer') return integer.value;
  throw new Failure(
    'INVALID_USAGE',
    text`invalid ${unstyled(flag)} ${JSON.stringify(value)}: use a whole number`,
  );
}

/** @throws Failure INVALID_USAGE */
function parseDigest(value: string): string {
  if (/^[0-9a-f]{64}$/.test(value)) return value;
  throw new Failure('INVALID_USAGE', text`--plan ${JSON.stringify(value)} is not the digest of a plan`, {
    hint: text`Use the 64 letters and digits that access plan tells. Perhaps a shell variable is empty.`,
  });
}

/** Nobody can be asked, and nothing approves a plan. */
export function unapproved(paths: readonly string[]): Failure {
  const plan = commandLine('access', 'plan', ...paths);
  return new Failure(
    'CONFIRMATION_REQUIRED',
    text`cannot confirm the plan (run with --plan <digest> to apply one)`,
    {
      hint: text`The plan and its digest: ${plan}\nTo apply whatever plan is made now, add --force.`,
      nextSteps: [plan, commandLine('access', 'apply', ...paths, '--plan', '<digest>')],
    },
  );
}

/** What was approved is not what would be made. */
export function anotherPlan({ digest, changes }: MadePlan, paths: readonly string[]): Failure {
  const plan = commandLine('access', 'plan', ...paths);
  const now =
    changes.length === 0
      ? text`Now there is nothing left to change.`
      : text`The plan made now has ${changes.length === 1 ? text`1 change` : text`${changes.length} changes`}, and the digest ${digest}.`;
  return new Failure('INVALID_USAGE', text`the plan made now is not the one that was approved`, {
    hint: lines(
      text`Part of that plan was applied, or something has changed since. Nothing was changed now.`,
      now,
      text`Plan again with: ${plan}`,
    ),
    nextSteps: [plan],
  });
}
