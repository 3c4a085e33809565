import type { Work } from '../../src/tokens/work.ts';
import { createInterruption } from '../../src/values/interruption.ts';
import { FakeClock } from './fake-clock.ts';

/** What a procedure needs beside the API: chance without surprises, and nobody who is told anything. */
export function testWork<Event>(own: Partial<Work<Event>> = {}): Work<Event> {
  return {
    clock: new FakeClock(),
    random: () => 0.5,
    interruption: createInterruption(),
    warn: () => {},
    onEvent: () => {},
    ...own,
  };
}
