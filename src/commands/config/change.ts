import { type Outcome, showing } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { absolutePath } from '../../files/paths.ts';
import type { ConfigChange } from '../../settings/config-edit.ts';
import { readIfPresent } from '../../settings/files.ts';
import { Failure } from '../../text/errors.ts';
import { type Text, text } from '../../text/text.ts';
import { describeSource, type Resolved } from '../../values/source.ts';
import { outcome } from '../../views/outcome.ts';
import { type ConfigTarget, configTarget, type Key } from './keys.ts';

/** What the official CLI does not know; the rest it reads from the same files. Source: its reference of flags. */
const OURS = ['no-reveal'];

/**
 * Changes one key of the file that counts, and says what that comes to.
 *
 * @param value undefined to take it out
 * @throws Failure INVALID_USAGE for a file that cannot be written, INVALID_CONFIG for one that cannot be read
 */
export async function changeSetting(
  key: Key,
  value: string | undefined,
  isProject: boolean,
  context: Context,
): Promise<Outcome> {
  const target = configTarget(isProject, context, key);
  const notes = await written(target, { key: key.key, value }, context);
  const sentence =
    value === undefined
      ? text`${key.key} is not set in ${target.shown} any more.`
      : text`${key.key} is ${key.isSecret ? text`saved` : text`set to ${value}`} in ${target.shown}.`;
  const data = {
    result: value === undefined ? 'setting removed' : 'setting saved',
    key: key.key,
    path: target.shown,
  };
  const csv = { Result: data.result, Key: data.key, Path: data.path };
  return showing(outcome(data, csv, sentence), {
    notes: [...notes, ...(await consequences(key, value, target, context))],
  });
}

async function written(
  { path, shown, kind }: ConfigTarget,
  change: ConfigChange,
  context: Context,
): Promise<readonly Text[]> {
  const { environment } = context;
  const [{ changedConfig }, { rewriteTextFile }] = await Promise.all([
    import('../../settings/config-edit.ts'),
    import('../../files/text-file.ts'),
  ]);
  // Nothing has to be taken out of a file that is not there, and none is made for that.
  const isThere = readIfPresent(absolutePath(path, environment), environment) !== undefined;
  if (change.value === undefined && !isThere) return [];
  const rewrite = (content: string): string => changedConfig(content, change, shown, kind);
  return rewriteTextFile(path, context, rewrite, kind === 'user' ? 'owner' : 'everybody');
}

/** What wins over the file, or is left without it, and who else reads it. */
async function consequences(
  key: Key,
  value: string | undefined,
  { kind, shown }: ConfigTarget,
  context: Context,
): Promise<Text[]> {
  const elsewhere = (await candidatesFor(key, context)).filter(
    ({ source }) => source.kind !== 'file' || source.path !== shown,
  );
  const [winner] = elsewhere.filter(({ source }) => kind === 'user' || source.kind !== 'file');
  const [left] = elsewhere;
  const notes: Text[] = [];
  if (value === undefined && left) notes.push(text`In force is now ${describeSource(left.source)}.`);
  if (value !== undefined && winner) {
    notes.push(text`In force is ${describeSource(winner.source)}, which wins over this file.`);
  }
  if (!OURS.includes(key.key)) {
    notes.push(text`PlanetScale's own CLI reads ${key.key} from the same file.`);
  }
  return notes;
}

/** What the setting was set to before; nothing where that could not be read: the file may be a new one. */
async function candidatesFor({ name }: Key, context: Context): Promise<readonly Resolved<string>[]> {
  try {
    return (await context.candidates())(name);
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}
