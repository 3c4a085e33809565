import { EXITS } from './cli/exits.ts';
import type { PendingToken } from './context.ts';
import { commandLine, PROGRAM } from './text/command-line.ts';
import { Failure, Interrupted, type InterruptSignal } from './text/errors.ts';
import { lines, plain, type Text, text, unstyled } from './text/text.ts';
import { removal } from './tokens/take-back.ts';

/** 128 and the signal's number, as a shell reports it. */
const SIGNAL_EXITS: Readonly<Record<InterruptSignal, number>> = {
  SIGINT: 130,
  SIGTERM: 143,
  SIGHUP: 129,
  SIGQUIT: 131,
};

/** How a run ends. */
export interface Ending {
  readonly status: number;
  /** The signal that ended it, if one did; `status` is then what a shell makes of that. */
  readonly signal?: InterruptSignal;
}

export const DONE: Ending = { status: 0 };

/** How a run ends with a failure. */
export function endingOf(failure: Failure): Ending {
  const status = exitStatus(failure);
  return failure instanceof Interrupted ? { status, signal: failure.signal } : { status };
}

/** Characters of a defect's own message that are quoted: it may hold a whole answer. */
const LONGEST_MESSAGE = 500;

/**
 * What every error becomes: a defect is reported as COMMAND_FAILED, with its message.
 *
 * @param pending the token that such an end leaves behind; a {@link Failure} tells of it by itself
 */
export function toFailure(error: unknown, pending?: PendingToken): Failure {
  if (error instanceof Failure) return error;
  const left = pending && leftBehind(pending);
  const defect = text`This is a defect of ${unstyled(PROGRAM)}. Run it again with --debug and report what it prints.`;
  const what = text`unexpected error: ${messageOf(error).slice(0, LONGEST_MESSAGE)}`;
  return new Failure('COMMAND_FAILED', left ? lines(what, left.text) : what, {
    hint: left?.hint ? lines(left.hint, defect) : defect,
    nextSteps: left?.nextSteps,
    cause: error,
  });
}

function messageOf(error: unknown): string {
  if (error instanceof Error) return error.message;
  try {
    return String(error);
  } catch {
    // An object without any prototype.
    return typeof error;
  }
}

/** What to know of a token that a run leaves behind in the middle of its work. */
function leftBehind({ organization, id }: PendingToken): {
  text: Text;
  hint?: Text;
  nextSteps: readonly string[];
} {
  if (id !== undefined) {
    return { text: text`Service token ${id} may still exist.`, ...removal(organization, id, false) };
  }
  const list = commandLine('list', '--org', organization);
  return {
    text: text`A token may have been created.`,
    hint: text`Look for a new one, and delete it: ${list}`,
    nextSteps: [list, commandLine('delete', '<token-id>', '--org', organization)],
  };
}

export function exitStatus(failure: Failure): number {
  if (failure instanceof Interrupted) return SIGNAL_EXITS[failure.signal];
  return failure.code === 'INTERRUPTED' ? SIGNAL_EXITS.SIGINT : EXITS[failure.code][0];
}

/** The block for people, without its `Error: `. */
export function errorBlock(failure: Failure): Text {
  return failure.hint === undefined ? failure.text : lines(failure.text, failure.hint);
}

/**
 * The one JSON object of a failure, keys in the official CLI's order: what went wrong in `error`, what to do about
 * it in the issue's `remediation`, commands to run in `next_steps`.
 */
export function errorEnvelope(failure: Failure): Record<string, unknown> {
  const message = plain(failure.text);
  const remediation = failure.hint && plain(failure.hint);
  const code = failure.code;
  const status = exitStatus(failure) === 1 ? 'action_required' : 'error';
  if (code === 'NO_AUTH') {
    return {
      status,
      authenticated: false,
      code,
      error: message,
      agent_guide_command: commandLine('agent-guide', '--format', 'json'),
      issues: [{ code, message, remediation: remediation ?? message }],
      next_steps: nextSteps(failure),
    };
  }
  return {
    status,
    error: message,
    issues: failure.issues.map((issue) => ({
      code,
      message: plain(issue),
      ...(remediation !== undefined && { remediation }),
    })),
    next_steps: nextSteps(failure),
  };
}

function nextSteps(failure: Failure): readonly string[] {
  if (failure.nextSteps) return failure.nextSteps;
  if (failure.code === 'INTERRUPTED') return ['Re-run the command'];
  const [, ...usual] = EXITS[failure.code];
  return usual;
}
