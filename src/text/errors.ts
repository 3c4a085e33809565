import { plain, type Text, text, unstyled } from './text.ts';

/** Stable names of everything that can go wrong: scripts match on them, so none is ever renamed. */
export type FailureCode =
  | 'NO_AUTH'
  | 'AUTH_INVALID'
  | 'NO_ORG'
  | 'INVALID_USAGE'
  | 'UNKNOWN_COMMAND'
  | 'UNKNOWN_FLAG'
  | 'INVALID_CONFIG'
  | 'TTY_REQUIRED'
  | 'CONFIRMATION_REQUIRED'
  | 'CANCELLED'
  | 'NOT_FOUND'
  | 'FORBIDDEN'
  | 'INVALID_REQUEST'
  | 'RATE_LIMITED'
  | 'API_ERROR'
  | 'INVALID_RESPONSE'
  | 'NETWORK_ERROR'
  | 'TIMEOUT'
  | 'COMMAND_FAILED'
  | 'INTERRUPTED';

export interface FailureDetails {
  /** What to do about it, or what else may explain it; printed under the message. */
  readonly hint?: Text | undefined;
  /** Command lines or short advice for `next_steps`; without them the code's usual ones are printed. */
  readonly nextSteps?: readonly string[] | undefined;
  /** Where several things are wrong, each by itself: the message then says all of them. */
  readonly issues?: readonly Text[] | undefined;
  readonly cause?: unknown;
}

/** A failure that is meant for the user: every error this program raises on purpose is one. */
export class Failure extends Error {
  override readonly name: string = 'Failure';
  readonly code: FailureCode;
  readonly text: Text;
  readonly hint: Text | undefined;
  readonly nextSteps: readonly string[] | undefined;
  readonly issues: readonly Text[];

  constructor(code: FailureCode, text: Text, details: FailureDetails = {}) {
    super(plain(text), details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.text = text;
    this.hint = details.hint;
    this.nextSteps = details.nextSteps;
    this.issues = details.issues ?? [text];
  }
}

export type InterruptSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP' | 'SIGQUIT';

/** The user, or the machine, ended the command before it was done. */
export class Interrupted extends Failure {
  override readonly name = 'Interrupted';
  readonly signal: InterruptSignal;

  constructor(
    signal: InterruptSignal,
    message: Text = text`interrupted by ${unstyled(signal)}`,
    details: FailureDetails = {},
  ) {
    super('INTERRUPTED', message, details);
    this.signal = signal;
  }
}

/** The same failure in other words: its code, and for an interruption its signal, stay what they are. */
export function rephrased(failure: Failure, text: Text, details: FailureDetails): Failure {
  const because = { ...details, cause: failure };
  return failure instanceof Interrupted
    ? new Interrupted(failure.signal, text, because)
    : new Failure(failure.code, text, because);
}
