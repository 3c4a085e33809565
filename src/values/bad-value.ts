import { Failure } from '../text/errors.ts';
import { type Text, text, unstyled } from '../text/text.ts';
import { describeSource, type Resolved } from './source.ts';

/** A value that cannot be used: the usage's fault where it is a flag, else the configuration's. */
export function badValue(setting: Resolved<string>, message: Text, hint?: Text): Failure {
  const code = setting.source.kind === 'flag' ? 'INVALID_USAGE' : 'INVALID_CONFIG';
  return new Failure(code, message, { hint });
}

/** The message of most of them: the value, where it came from, and what is wrong with it. */
export function wrongValue(setting: Resolved<string>, reason: string): Failure {
  return badValue(
    setting,
    text`${setting.value} (from ${describeSource(setting.source)}) ${unstyled(reason)}`,
  );
}

/** A flag with nothing behind it, most likely from a variable that is not set. */
export function emptyFlag(flag: string): Failure {
  return new Failure('INVALID_USAGE', text`${flag} is empty`, {
    hint: text`Give it a value, or leave it out. Perhaps a shell variable is empty.`,
  });
}
