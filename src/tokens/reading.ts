import type { Context } from '../context.ts';
import { bar } from '../output/progress.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { describeDuration } from '../values/duration.ts';
import { createPace, type ReadWork } from './read-grants.ts';

/** What reading something of many tokens needs, with how far it is shown as progress. */
export function reading(what: Text, { progress, clock, interruption }: Context): ReadWork {
  progress.start(what);
  return {
    clock,
    interruption,
    pace: createPace(clock),
    onEvent: ({ done, total, wait }) => {
      const pause = wait ? text` (waiting ${unstyled(describeDuration(wait))} for the rate limit)` : text``;
      progress.update(text`${what} ${unstyled(bar(done, total))}${pause}`);
    },
  };
}
