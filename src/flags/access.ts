import { type Flag, flagsTogether, valuesFlag } from '../cli/declaration.ts';
import type { Spelling } from '../permissions/permission-doubt.ts';
import { ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { type Text, text } from '../text/text.ts';
import { AS_TYPED } from './access-names.ts';
import { type AccessPlan, accessPlan, BREADTH, type Breadth, checkBreadth } from './access-plan.ts';
import { parseAccessWord } from './access-words.ts';
import { operationsFlag } from './operations.ts';

/** What `--access` and `--for` ask for, how broadly it may be meant, and what there is to say of it. */
export type AccessAsked = AccessPlan & {
  readonly breadth: Breadth;
  readonly notes: readonly Text[];
  /** `--force`: nothing is looked up that may be a mistake. */
  readonly asTyped: boolean;
};

const asAccessFlag: Spelling = (name, scope) =>
  `--access ${scope === 'database' ? '<database>=' : ''}${name}`;

/**
 * `--access`, repeatable, each `[<database>=]<permission>[,<permission>…]`; `--for`, whose choice is granted as if
 * `--access` had named it; and `--force`, which sends names as they are typed.
 *
 * @throws Failure INVALID_USAGE for what cannot be meant, and for mistakes unless `--force`
 */
export const ACCESS: Flag<AccessAsked> = flagsTogether(
  {
    access: valuesFlag(
      '--access <access>',
      '<database>=<permission>,…, or <permission>,… for the organization; repeatable',
      (values) => values,
      { completes: 'permission' },
    ),
    operations: operationsFlag(asAccessFlag),
    force: AS_TYPED,
    breadth: BREADTH,
  },
  ({ access, operations, force, breadth }, { warn }): AccessAsked => {
    const words = [...access.map((word) => parseAccessWord(word, '--access')), ...operations.words];
    checkBreadth(words, breadth);
    const plan = accessPlan(words, ORGANIZATION_LEVEL, {
      asTyped: force,
      warn,
      spelling: asAccessFlag,
      advice: text`Separate names with a comma only: read_branch,create_branch`,
    });
    return { ...plan, breadth, notes: operations.notes, asTyped: force };
  },
);

/** Whether no access is asked for at all. */
export function asksForNone({ changes, onEveryDatabase }: AccessPlan): boolean {
  return changes.length === 0 && onEveryDatabase.length === 0;
}
