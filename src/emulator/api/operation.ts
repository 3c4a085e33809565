import type { RequiredAccess } from './authorization.ts';
import type { Answer, Call } from './call.ts';
import type { Edition } from './edition.ts';

/** One thing the API does: the line that every endpoint adds to the table in `operations.ts`. */
export interface Operation {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  /** A template such as `/v1/organizations/{organization}`. */
  readonly path: string;
  /** The edition that brought it; there always was one of the first. */
  readonly since?: Edition;
  readonly access: RequiredAccess;
  /** Carries the request out at once, or throws before it has changed anything. */
  readonly handle: (call: Call) => Answer;
}
