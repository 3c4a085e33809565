import { constants } from 'node:fs';
import { type FileHandle, open, stat } from 'node:fs/promises';
import { fileReason, unlessMissing } from '../files/file-errors.ts';
import { absolutePath } from '../files/paths.ts';
import { writeWhole } from '../files/whole-file.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { type Environment, variable } from '../values/environment.ts';
import type { Sink } from '../values/sink.ts';
import { refuseControlCharacters, tokenVariables, type VariableNames } from '../values/token-variables.ts';

/** The variables by which GitHub tells a step its files: for the environment of later steps, and for outputs. */
const FILES = { env: 'GITHUB_ENV', output: 'GITHUB_OUTPUT' } as const;

/**
 * The file that GitHub Actions reads after a step, as the place for a new token.
 *
 * @param mask tells GitHub to blank the secret in logs; awaited before the secret gets into the file
 * @throws Failure INVALID_USAGE outside of GitHub Actions, or naming what is wrong with the file
 */
export async function openGithubFile(
  kind: keyof typeof FILES,
  environment: Environment,
  mask: (secret: string) => Promise<void>,
  names?: VariableNames,
): Promise<Sink> {
  const name = FILES[kind];
  const named = variable(environment, name);
  if (named === undefined) {
    throw new Failure('INVALID_USAGE', text`--github-${kind} needs ${name}, which is not set`, {
      hint: text`GitHub Actions sets it in each step. Elsewhere, use -e <path> or --export.`,
    });
  }
  const file = absolutePath({ value: named, source: { kind: 'environment', name } }, environment);
  await proveWritable(file).catch((error: unknown) => {
    throw new Failure('INVALID_USAGE', text`cannot write ${named} (from ${name}): ${fileReason(error)}`, {
      hint: text`GitHub Actions sets the variable to a file that can be written. Does the job change it?`,
      cause: error,
    });
  });
  return {
    place: text`${name}`,
    notes: [],
    deliver: async (pair) => {
      const variables = tokenVariables(pair, names);
      refuseControlCharacters(variables);
      // A value on one line is read as it is: GitHub's form for several lines is not needed.
      const lines = [...variables].map(([variable, value]) => `${variable}=${value}\n`).join('');
      await mask(pair.token).catch((error: unknown) => {
        if (error instanceof Failure) throw error;
        throw new Failure('COMMAND_FAILED', text`cannot mask the secret: ${fileReason(error)}`, {
          cause: error,
        });
      });
      await append(file, lines).catch((error: unknown) => {
        throw new Failure('COMMAND_FAILED', text`cannot write to ${name}: ${fileReason(error)}`, {
          cause: error,
        });
      });
    },
    close: async () => {},
  };
}

/** Looks before it opens: opening a pipe would wait for its reader. */
async function proveWritable(file: string): Promise<void> {
  const found = await unlessMissing(stat(file));
  if (found?.isFile() === false) throw new Error('it is not a regular file');
  const handle = await open(file, 'a+', 0o600);
  await handle.close();
}

async function append(file: string, lines: string): Promise<void> {
  // Each write goes to the end, wherever others have moved that.
  const handle = await open(file, constants.O_RDWR | constants.O_APPEND);
  try {
    const { size } = await handle.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await handle.read(last, 0, 1, size - 1);
    const bytes = Buffer.from(`${size === 0 || last[0] === 0x0a ? '' : '\n'}${lines}`);
    try {
      await writeWhole(handle, bytes, null);
      await handle.sync();
    } catch (error) {
      // A part of the secret is of no use to later steps. If this fails too, the first error tells more.
      await removeAgain(handle, bytes, size).catch(() => {});
      throw error;
    }
  } finally {
    // All is on the disk, or taken back.
    await handle.close().catch(() => {});
  }
}

/** Takes what was added off the end again, unless others have added something since. */
async function removeAgain(handle: FileHandle, bytes: Buffer, start: number): Promise<void> {
  const added = Buffer.alloc(bytes.length + 1);
  const { bytesRead } = await handle.read(added, 0, added.length, start);
  if (bytesRead <= bytes.length && bytes.subarray(0, bytesRead).equals(added.subarray(0, bytesRead))) {
    await handle.truncate(start);
  }
}
