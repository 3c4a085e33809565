import type { Text } from '../text/text.ts';
import type { Clock } from '../values/clock.ts';
import type { Interruption } from '../values/interruption.ts';

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
