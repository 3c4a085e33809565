import type { Context } from '../../context.ts';
import { type HandOver, openDelivery } from '../../delivery/hand-over.ts';
import { isForEachName, type Store, storeFor } from '../../flags/place.ts';
import { Failure } from '../../text/errors.ts';
import { text } from '../../text/text.ts';
import type { Change } from '../access-changes.ts';
import type { Deliveries } from '../apply.ts';

/** The ways of the secrets of all new tokens to their places. */
export interface OpenDeliveries {
  readonly of: Deliveries;
  readonly close: () => Promise<void>;
}

/**
 * Opens the places for the secrets of all tokens that are to be created, before any of them is.
 *
 * @throws Failure INVALID_USAGE where there is none, or one for several; as `openHandOver`
 */
export async function openDeliveries(
  changes: readonly Change[],
  store: Store | undefined,
  context: Context,
): Promise<OpenDeliveries> {
  const names = changes.flatMap(({ action, name }) => (action === 'create' ? [name] : []));
  if (names.length > 0 && !store) {
    throw new Failure(
      'INVALID_USAGE',
      text`the plan creates ${names.join(', ')}, and there is no place for the secret`,
      {
        hint: text`Nothing was changed. Add -e <path>, or --pipe <form> -- <command>; {name} in it stands for the name.`,
      },
    );
  }
  if (store && names.length > 1 && !isForEachName(store)) {
    throw new Failure(
      'INVALID_USAGE',
      text`the plan creates ${names.length} tokens, and names one place for all`,
      {
        hint: text`Nothing was changed. Put {name} into the path or the command, such as -e {name}.env.`,
      },
    );
  }
  const replaces = changes.flatMap(({ action, id }) => (action === 'delete' ? [id] : []));
  const open = new Map<string, Pick<HandOver, 'deliver' | 'close'>>();
  const close = async (): Promise<void> => {
    for (const { close: closeOne } of open.values()) await closeOne();
  };
  try {
    for (const name of names) {
      if (store) open.set(name, await openDelivery({ name, replaces }, storeFor(name, store), context));
    }
  } catch (failure) {
    await close();
    throw failure;
  }
  const of: Deliveries = (name) => {
    const delivery = open.get(name);
    if (!delivery) throw new Error(`no place was opened for ${name}`);
    return delivery.deliver;
  };
  return { of, close };
}
