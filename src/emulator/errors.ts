/** Why an emulator could not be started. */
export type EmulatorErrorCode = 'HOST_REFUSED' | 'PORT_UNAVAILABLE' | 'STATE_INVALID' | 'SEED_INVALID';

/** The message names the value, where it came from, and what to do about it. */
export class EmulatorError extends Error {
  override readonly name = 'EmulatorError';
  readonly code: EmulatorErrorCode;

  constructor(code: EmulatorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** The text of a caught value, for messages. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
