/** Why an emulator could not be started. */
export type EmulatorErrorCode =
  | 'HOST_REFUSED'
  | 'PORT_UNAVAILABLE'
  | 'STATE_INVALID'
  | 'STATE_IN_USE'
  | 'SEED_INVALID';

/** The message names the value, where it came from, and what to do about it. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
  readonly code: EmulatorErrorCode;

  constructor(code: EmulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of a caught value, for messages; what the system says without its code and its call. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!('syscall' in error)) return error.message;
  return (
    /(?:^|\s)E[A-Z0-9]+: ([^,]+?)(?: [\d.:[\]a-f]+:\d+)?(?:,|$)/.exec(error.message)?.[1] ?? error.message
  );
}
