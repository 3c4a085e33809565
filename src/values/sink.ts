import type { Text } from '../text/text.ts';

/** What a sink is given: the two values that authenticate as a new token. */
export interface TokenPair {
  readonly id: string;
  /** The secret. */
  readonly token: string;
}

/**
 * A place that the user asked to hold a new token's secret, so that it is printed nowhere else. It is
 * opened before the token is made: most of what can go wrong with a place goes wrong then.
 */
export interface Sink {
  /** Where the pair goes, for messages, such as `.env`. */
  readonly place: Text;
  /** What to tell of the place once the pair is there. */
  readonly notes: readonly Text[];
  /** Puts the pair there, whole or not at all. @throws Failure COMMAND_FAILED */
  deliver(pair: TokenPair): Promise<void>;
  /** Gives up what opening took. Harmless after {@link deliver}, and twice. */
  close(): Promise<void>;
}
