import type { Operation } from '../permissions/requirements.ts';
import { Failure, type FailureCode, type FailureDetails } from '../text/errors.ts';
import type { Text } from '../text/text.ts';

export interface RefusedAnswer {
  readonly status: number;
  readonly operation: Operation;
  /** Milliseconds that the API asks to wait before the next try. */
  readonly retryAfter: number | undefined;
  /** How often the request had been sent when this answer came. */
  readonly tries: number;
  /** Whether somebody else, such as a firewall, answered in the API's place. */
  readonly isForeign?: boolean;
  /** What the call was about, such as `database`. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** A 404 may mean the one or the other of that. */
  readonly mayBeEither?: boolean | undefined;
}

/** An answer of the API that says no: status 400 and up. */
export class ApiFailure extends Failure {
  override readonly name = 'ApiFailure';
  readonly answer: RefusedAnswer;

  constructor(answer: RefusedAnswer, message: Text, details: FailureDetails = {}) {
    super(answer.isForeign ? 'API_ERROR' : codeOf(answer.status), message, details);
    this.answer = answer;
  }

  /** The same failure, of a call about these. */
  about(parameters: Readonly<Record<string, string>>, mayBeEither?: boolean): ApiFailure {
    return new ApiFailure({ ...this.answer, parameters, mayBeEither }, this.text, this);
  }

  /** The same failure with other words. */
  with(changes: { message?: Text; hint?: Text | undefined; nextSteps?: readonly string[] }): ApiFailure {
    return new ApiFailure(this.answer, changes.message ?? this.text, {
      hint: 'hint' in changes ? changes.hint : this.hint,
      nextSteps: changes.nextSteps ?? this.nextSteps,
      cause: this.cause,
    });
  }
}

/** No answer came: the connection failed, or the time for one try ran out. */
export class LostAnswer extends Failure {
  override readonly name = 'LostAnswer';
  /**
   * Whether the connection stood that the request was to go over: for https, its TLS session. False means
   * that it cannot have been carried out.
   */
  readonly mayHaveArrived: boolean;
  /** Whether another try would end the same way, as where a certificate is refused. */
  readonly isLasting: boolean;

  constructor(
    code: 'NETWORK_ERROR' | 'TIMEOUT',
    message: Text,
    details: FailureDetails & { mayHaveArrived: boolean; isLasting?: boolean },
  ) {
    super(code, message, details);
    this.mayHaveArrived = details.mayHaveArrived;
    this.isLasting = details.isLasting ?? false;
  }
}

/** An answer to create that cannot be used although a token was made. */
export class UnusableToken extends Failure {
  override readonly name = 'UnusableToken';
  /** Undefined where the answer does not even tell the id. */
  readonly tokenId: string | undefined;

  constructor(tokenId: string | undefined, cause: Failure) {
    super('INVALID_RESPONSE', cause.text, { cause });
    this.tokenId = tokenId;
  }
}

/** Whether what was asked for may be there, and the credentials may not see it: the API tells that in two ways. */
export function mayBeHidden(failure: unknown): failure is Failure {
  return failure instanceof Failure && (failure.code === 'FORBIDDEN' || failure.code === 'NOT_FOUND');
}

/** Whether a request that failed this way may have been carried out all the same. */
export function mayHaveBeenDone(failure: unknown): boolean {
  if (failure instanceof LostAnswer) return failure.mayHaveArrived;
  if (failure instanceof ApiFailure) return failure.answer.status >= 500;
  return failure instanceof Failure && failure.code === 'INVALID_RESPONSE';
}

function codeOf(status: number): FailureCode {
  switch (status) {
    case 400:
    case 422:
      return 'INVALID_REQUEST';
    case 401:
      return 'AUTH_INVALID';
    case 403:
      return 'FORBIDDEN';
    case 404:
      return 'NOT_FOUND';
    case 429:
      return 'RATE_LIMITED';
    default:
      return 'API_ERROR';
  }
}

/** A success, or a redirect, that is not what the API promises. */
export function invalidResponse(message: Text, cause?: unknown): Failure {
  return new Failure('INVALID_RESPONSE', message, { cause });
}
