import { refuseSecret } from '../api/path.ts';
import { type Flag, valuesFlag } from '../cli/declaration.ts';
import { type LeveledPermission, leastPrivilege } from '../permissions/least-privilege.ts';
import type { Spelling } from '../permissions/permission-doubt.ts';
import { type AccessScope, describeScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { Failure } from '../text/errors.ts';
import { listed, plain, type Text, text, unstyled } from '../text/text.ts';
import { type AccessWord, parseAccessWord } from './access-words.ts';
import { type OperationMeant, parseOperation, refuseSeveralDatabases } from './holding.ts';

/** What `--for` asks for: the same words of access as somebody could have typed, and what to say of the choice. */
export interface OperationsAsked {
  readonly words: readonly AccessWord[];
  /** Each once: what is granted, and what else would do. */
  readonly notes: readonly Text[];
}

const FLAG = '--for';

/**
 * `--for`, repeatable, each `[<database>=]<operation>`: the smallest grant that allows it, by PlanetScale's published
 * requirements.
 *
 * @param spelling how the command asks for a permission by its name, where that is what is left to do
 */
export function operationsFlag(spelling: Spelling): Flag<OperationsAsked> {
  return valuesFlag(
    '--for <operation>',
    'Grant no more than this needs: <database>=branch create; repeatable',
    (values): OperationsAsked => {
      const asked = values.map((value) => {
        refuseSecret(value, 'operation');
        return smallestGrant(value, parseOperation(value, FLAG), spelling);
      });
      const notes = new Map(asked.map(({ note }) => [plain(note), note]));
      return { words: asked.map(({ word }) => word), notes: [...notes.values()] };
    },
  );
}

/**
 * The smallest grant for one operation.
 *
 * @param value what `--for` was given
 * @throws Failure INVALID_USAGE where nothing, or only more than was asked for, would allow it
 */
export function smallestGrant(
  value: string,
  meant: OperationMeant,
  spelling: Spelling,
): { readonly word: AccessWord; readonly note: Text } {
  refuseSeveralDatabases(value, meant, FLAG);
  const { database, requirement } = meant;
  const least = leastPrivilege(requirement);
  const { operationId } = requirement;
  if (least.kind === 'none') {
    const [best = { name: '<permission>', scope: 'organization' }] = least.wouldDo;
    const instead = spelling(best.name, best.scope);
    switch (least.obstacle) {
      case 'not published':
        throw new Failure('INVALID_USAGE', text`PlanetScale does not publish what ${operationId} needs`, {
          hint:
            least.wouldDo.length === 0
              ? text`No permission is likely either. To grant one by its name, use ${instead}.`
              : text`Likely: ${listed(least.wouldDo.map(({ name }) => name))}. To grant it, use ${instead}.`,
        });
      case 'broader':
        throw new Failure(
          'INVALID_USAGE',
          text`${operationId} needs a permission on the whole organization, which is more than ${unstyled(FLAG)} ${value} asks for`,
          { hint: text`If that is what you want, use ${instead}.` },
        );
      case 'on databases only':
        throw new Failure(
          'INVALID_USAGE',
          text`${operationId} is done on the organization, but only database permissions allow it`,
          { hint: text`Name a database: ${instead}.` },
        );
    }
  }
  const { permission, others } = least;
  // As --access would have it, so that the name of a database is checked the same way.
  const word: AccessWord =
    database === undefined
      ? { scope: { kind: 'at', scope: ORGANIZATION_LEVEL }, names: [permission.name] }
      : parseAccessWord(`${database}=${permission.name}`, FLAG);
  const scope = database ?? ORGANIZATION_LEVEL;
  const note = text`${unstyled(FLAG)} ${value}: granting ${permission.name} on ${describeScope(scope)}; ${otherWays(others, scope)}`;
  return { word, note };
}

/** No more than that are named; `permissions --for` has all. */
const MOST_NAMED = 3;

function otherWays(others: readonly LeveledPermission[], scope: AccessScope): Text {
  if (others.length === 0) return text`no other permission would do.`;
  const named = others
    .slice(0, MOST_NAMED)
    .map(({ name, scope: level }) =>
      level === 'organization' && scope !== ORGANIZATION_LEVEL
        ? text`${name} on the organization`
        : text`${name}`,
    );
  const left = others.length - named.length;
  const rest = left > 0 ? text` and ${unstyled(left)} more` : text``;
  return text`${listed(named)}${rest} would also do.`;
}
