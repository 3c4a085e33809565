import { Failure } from '../../text/errors.ts';
import { lines, type Text } from '../../text/text.ts';

/** What one check found. */
export interface Finding {
  readonly check: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly detail: Text;
  /** Of a failed one: what to do about it. */
  readonly mend?: Text;
}

export const pass = (check: string, detail: Text): Finding => ({ check, status: 'pass', detail });
export const warn = (check: string, detail: Text): Finding => ({ check, status: 'warn', detail });

/** A failure as a finding: its message and its mend. @throws what is no failure, or an interruption */
export function failed(check: string, error: unknown, status: 'warn' | 'fail' = 'fail'): Finding {
  if (!(error instanceof Failure) || error.code === 'INTERRUPTED') throw error;
  const detail = error.hint ? lines(error.text, error.hint) : error.text;
  return { check, status, detail, mend: error.hint ?? error.text };
}
