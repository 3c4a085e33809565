import { ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { isWithin } from '../values/networks.ts';
import { type Change, namesOf } from './access-changes.ts';

/** Whether every address that was allowed still is. Both canonical; none allows any address. */
export function onlyAdds(before: readonly string[], after: readonly string[]): boolean {
  if (after.length === 0) return true;
  return before.length > 0 && before.every((network) => isWithin(network, after));
}

/** What a token needs to go on managing tokens, from what it can do without soonest. */
export const MANAGING = ['delete_service_tokens', 'read_service_tokens', 'write_service_tokens'];

function managingIn(change: Change): number {
  if (change.action !== 'remove' || change.database !== ORGANIZATION_LEVEL) return -1;
  return Math.max(...namesOf(change).map((name) => MANAGING.indexOf(name)));
}

/** Whether a change to the token that makes it may lock out whatever uses it next. */
export function locksOut(change: Change): boolean {
  if (change.action === 'restrict') return !onlyAdds(change.before, change.after);
  return change.action === 'delete' || managingIn(change) >= 0;
}

/** The place of a change among those of the token that makes them: later ones take what earlier ones need. */
function ownStage(change: Change): number {
  switch (change.action) {
    case 'grant':
    case 'create':
      return 0;
    case 'rename':
      return 1;
    case 'remove':
      if (change.database !== ORGANIZATION_LEVEL) return 2;
      return managingIn(change) < 0 ? 3 : 5 + managingIn(change);
    case 'restrict':
      return 4;
    case 'delete':
      return 5 + MANAGING.length;
  }
}

/**
 * The changes in the order in which they are made: those to the token in use last of all, so that it can make them,
 * but for its name where another one takes it.
 *
 * @param inUse the id of the token that requests are made with
 */
export function inOrder(changes: readonly Change[], inUse: string | undefined): Change[] {
  const isTaken = (name: string): boolean =>
    changes.some(({ action, name: after }) => (action === 'rename' || action === 'create') && after === name);
  const isOwn = (change: Change): boolean =>
    change.id !== null && change.id === inUse && !(change.action === 'rename' && isTaken(change.before));
  return [
    ...changes.filter((change) => !isOwn(change)),
    ...changes.filter(isOwn).sort((one, other) => ownStage(one) - ownStage(other)),
  ];
}
