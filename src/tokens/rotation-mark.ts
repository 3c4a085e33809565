/**
 * What a rotation with an overlap writes into the name of the token it replaces, so that the API itself
 * keeps until when both work, and how it was before: `ci (until 2026-11-26T12:00:00Z, before never, replaced
 * by k3j9x0q2m7ab)`. A name is somebody's text, so it counts only where the token itself agrees with it.
 */
export interface RotationMark {
  /** The name before; empty for a token that had none. */
  readonly name: string;
  /** When it stops working, in milliseconds since the epoch. */
  readonly until: number;
  /** When it was to stop working before, in milliseconds since the epoch; undefined for never. */
  readonly before: number | undefined;
  /** The id of the token that replaces it. */
  readonly replacedBy: string;
}

/** Milliseconds between what the name says and what the API does that still agree. */
const TOLERANCE = 60_000;

const MARKED = /^(?:(.*) )?\(until (\S+), before (\S+), replaced by ([a-z0-9]+)\)$/s;

/** A name with its mark. */
export function markedName({ name, until, before, replacedBy }: RotationMark): string {
  const end = before === undefined ? 'never' : moment(before);
  return `${name === '' ? '' : `${name} `}(until ${moment(until)}, before ${end}, replaced by ${replacedBy})`;
}

/** What a name says, if it has the form of a marked one. Nothing is proved by that. */
export function readMark(name: string | null): RotationMark | undefined {
  const [, former = '', until = '', before = '', replacedBy = ''] = MARKED.exec(name ?? '') ?? [];
  const end = before === 'never' ? undefined : timeOf(before);
  const stop = timeOf(until);
  if (stop === undefined || (end === undefined && before !== 'never')) return undefined;
  return { name: former, until: stop, before: end, replacedBy };
}

/** What of a token tells whether it is marked. */
export interface MarkableToken {
  readonly id: string;
  readonly name: string | null;
  readonly created_at: string;
  readonly expires_at: string | null;
}

/**
 * The mark of a token, where it counts: its name has the form, its end is within a minute of what the name
 * says, and the token that is said to replace it exists and is not older. Anything else is an ordinary token.
 *
 * @param tokens all tokens of the organization
 */
export function markOf(
  token: MarkableToken,
  tokens: readonly Pick<MarkableToken, 'id' | 'created_at'>[],
): RotationMark | undefined {
  const mark = readMark(token.name);
  if (!mark || token.expires_at === null) return undefined;
  if (!(Math.abs(Date.parse(token.expires_at) - mark.until) <= TOLERANCE)) return undefined;
  const replacement = tokens.find(({ id }) => id === mark.replacedBy && id !== token.id);
  const isNewer = replacement && Date.parse(replacement.created_at) >= Date.parse(token.created_at);
  return isNewer ? mark : undefined;
}

const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/;

/** As it is written in a name: whole seconds in UTC. */
function moment(time: number): string {
  return `${new Date(time).toISOString().slice(0, 19)}Z`;
}

function timeOf(written: string): number | undefined {
  const time = MOMENT.test(written) ? Date.parse(written) : Number.NaN;
  // The 31st of February would be one of March, and would not be written the same again.
  return Number.isNaN(time) || moment(time) !== written ? undefined : time;
}
