import { type FileSurroundings, openTextFile } from '../files/text-file.ts';
import { isTokenId } from '../settings/credentials.ts';
import { type Text, text } from '../text/text.ts';
import { emptyFlag } from '../values/bad-value.ts';
import type { Sink, TokenPair } from '../values/sink.ts';
import { tokenVariables, USUAL_NAMES, type VariableNames } from '../values/token-variables.ts';
import { assigned, valuesOf, withVariables } from './env-text.ts';
import { type GitTracking, gitTracking } from './git-tracking.ts';

/** Longer than any pair, so that room for it is room for the real one. */
const SAMPLE: TokenPair = { id: 'x'.repeat(64), token: 'x'.repeat(512) };

/** What opening an env file needs to know, and whom it tells. */
export interface EnvFileSurroundings extends FileSurroundings {
  readonly warn: (warning: Text) => void;
}

/** An env file for a new token. */
export interface EnvFile extends Sink {
  /** The IDs of tokens whose secrets it holds in the variables that are to be replaced. */
  readonly holds: readonly string[];
}

/**
 * The env file at this path, there or not, as the place for a new token: see {@link openTextFile} for how it is
 * changed.
 *
 * @throws Failure INVALID_USAGE naming the path and what stands in the way
 */
export async function openEnvFile(
  path: string,
  surroundings: EnvFileSurroundings,
  names?: VariableNames,
): Promise<EnvFile> {
  if (path === '') throw emptyFlag('--dotenv');
  const named = { value: path, source: { kind: 'flag', name: '--dotenv' } } as const;
  const file = await openTextFile<TokenPair>(named, surroundings, {
    rewrite: (content, pair) => withVariables(content, tokenVariables(pair, names), path),
    sample: SAMPLE,
    concern: (content) => assigned(content, tokenVariables(SAMPLE, names).keys()),
    readers: 'owner and group',
  });
  const { environment, warn } = surroundings;
  try {
    const warning = gitWarning(await gitTracking(file.target, environment), file.place);
    if (warning) warn(warning);
  } catch (error) {
    await file.close();
    throw error;
  }
  return {
    place: file.place,
    holds: idsIn(file.content, names),
    notes: file.notes,
    deliver: file.write,
    close: file.close,
  };
}

/** The IDs of the pairs in an env file: an ID without a secret is none. */
function idsIn(content: string, { id, secret } = USUAL_NAMES): string[] {
  const hasSecret = valuesOf(secret, content).some((value) => value !== '');
  return hasSecret ? valuesOf(id, content).filter(isTokenId) : [];
}

function gitWarning(tracking: GitTracking, place: Text): Text | undefined {
  switch (tracking) {
    case 'none':
    case 'ignored':
      return undefined;
    case 'tracked':
      return text`Git tracks ${place}: the secret could be committed.`;
    case 'neither':
      return text`Git does not ignore ${place}: "git add" could take the secret with it. A line in .gitignore prevents that.`;
    case 'unknown':
      return text`It is not known whether git tracks ${place}, since git gives no answer: the secret could be committed.`;
  }
}
