import type { Clock } from '../clock.ts';
import type { Interruption } from '../interruption.ts';
import type { Text } from '../text.ts';

/** What a procedure of several requests needs beside the API. */
export interface Work<Event = never> {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly interruption: Interruption;
  /** Tells the user of something at once, without ending the work. */
  readonly warn: (warning: Text) => void;
  /** Told how far the work is. */
  readonly onEvent: (event: Event) => void;
}
