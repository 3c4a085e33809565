import type { Result } from '../output/result.ts';
import type { Failure } from '../text/errors.ts';
import type { Text } from '../text/text.ts';

/** What an invocation leaves behind: what there is to show, and how it ends. */
export interface Outcome {
  /** Nothing where all of it has been shown already, or another command has printed. */
  readonly shown?: Shown | undefined;
  /** Advice for stderr, in every format. */
  readonly notes: readonly Text[];
  readonly end: End;
}

export type Shown =
  | { readonly kind: 'result'; readonly result: Result }
  /** For a machine: the same in every format. */
  | { readonly kind: 'text'; readonly text: string };

export type End =
  | { readonly kind: 'done' }
  /** A check that ran well, and found something. */
  | { readonly kind: 'found something' }
  /** After the fact: what is shown has come to be, and something failed since. */
  | { readonly kind: 'failed'; readonly failure: Failure }
  /** Another command was run: its status is the answer, and what went wrong around it is reported. */
  | { readonly kind: 'relayed'; readonly status: number; readonly failure?: Failure | undefined };

const DONE: End = { kind: 'done' };

/** A result to show; done, unless it ended otherwise. */
export function showing(
  result: Result,
  { notes = [], end = DONE }: { notes?: readonly Text[]; end?: End } = {},
): Outcome {
  return { shown: { kind: 'result', result }, notes, end };
}

/** Text for a machine, the same in every format; done, unless it ended otherwise. */
export function showingText(
  text: string,
  { notes = [], end = DONE }: { notes?: readonly Text[]; end?: End } = {},
): Outcome {
  return { shown: { kind: 'text', text }, notes, end };
}

/** All that there was to show has been shown. @param failure what went wrong since, if anything did */
export function shownAlready(failure: Failure | undefined, notes: readonly Text[] = []): Outcome {
  return { notes, end: endOf(failure) };
}

/** The end of a command that has done its work, or has failed after the fact. */
export function endOf(failure: Failure | undefined): End {
  return failure === undefined ? DONE : { kind: 'failed', failure };
}
