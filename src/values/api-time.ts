import { type Text, text, unstyled } from '../text/text.ts';
import type { Clock } from './clock.ts';
import { describeDuration } from './duration.ts';

/** Milliseconds that times may differ by without a word: ends of tokens are counted in minutes and more. */
export const NOTABLE_DIFFERENCE = 60_000;

/**
 * The time as the API has it, which alone decides when a token ends: the `Date` of its last answer, and what has
 * passed since. Where no answer has told the time, this machine's clock stands in, and that is warned of.
 */
export class ApiTime {
  private readonly clock: Pick<Clock, 'now' | 'elapsed'>;
  private readonly warn: (warning: Text) => void;
  private told: { readonly date: number; readonly elapsed: number; readonly ahead: number } | undefined;
  private hasAnswers = false;
  private hasWarned = false;

  constructor(clock: Pick<Clock, 'now' | 'elapsed'>, warn: (warning: Text) => void) {
    this.clock = clock;
    this.warn = warn;
  }

  /** @param date of an answer that has arrived just now; undefined where it tells none */
  answered(date: number | undefined): void {
    this.hasAnswers = true;
    if (date === undefined) return;
    this.told = { date, elapsed: this.clock.elapsed(), ahead: this.clock.now() - date };
  }

  /** Whether the API has answered at all. */
  get isAsked(): boolean {
    return this.hasAnswers;
  }

  /** Whether an answer has told the time. */
  get isKnown(): boolean {
    return this.told !== undefined;
  }

  /** Milliseconds by which this machine's clock is ahead of the API's; undefined where that is not known. */
  get ahead(): number | undefined {
    return this.told?.ahead;
  }

  /** Milliseconds since the epoch, to show how far away other times are. */
  now(): number {
    if (this.told) return this.told.date + this.clock.elapsed() - this.told.elapsed;
    if (this.hasAnswers)
      this.warnOnce(text`the API's answers do not tell the time: this machine's clock is used`);
    return this.clock.now();
  }

  /** The same, to decide something by it: a clock that differs from the API's is warned of. */
  decisive(): number {
    const { ahead = 0 } = this;
    if (Math.abs(ahead) > NOTABLE_DIFFERENCE) {
      this.warnOnce(
        text`this machine's clock is ${describeDifference(ahead)} the API's: the API's time is used`,
      );
    }
    return this.now();
  }

  private warnOnce(warning: Text): void {
    if (!this.hasWarned) this.warn(warning);
    this.hasWarned = true;
  }
}

/** @param ahead milliseconds */
export function describeDifference(ahead: number): Text {
  const difference = unstyled(describeDuration(Math.abs(ahead)));
  return ahead > 0 ? text`${difference} ahead of` : text`${difference} behind`;
}
