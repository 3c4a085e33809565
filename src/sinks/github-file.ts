import { appendFile, open, readFile, stat, truncate } from 'node:fs/promises';
import { Failure } from '../errors.ts';
import { type Environment, variable } from '../settings/environment.ts';
import { absolutePath } from '../settings/files.ts';
import { text } from '../text.ts';
import { fileReason, unlessMissing } from './file-errors.ts';
import type { Sink, TokenPair } from './sink.ts';
import { tokenVariables } from './token-variables.ts';

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
): Promise<Sink> {
  const name = FILES[kind];
  const named = variable(environment, name);
  if (named === undefined) {
    throw new Failure('INVALID_USAGE', text`--github-${kind} needs ${name}, which is not set`, {
      hint: ['GitHub Actions sets it in each step. Elsewhere, use --env-file <path> or --export.'],
    });
  }
  const file = absolutePath({ value: named, source: { kind: 'environment', name } }, environment);
  await proveWritable(file).catch((error: unknown) => {
    throw new Failure('INVALID_USAGE', text`cannot write ${named} (from ${name}): ${fileReason(error)}`, {
      hint: ['GitHub Actions sets the variable to a file that can be written. Does the job change it?'],
      cause: error,
    });
  });
  return {
    place: text`${name}`,
    deliver: async (pair) => {
      const lines = entries(pair);
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

/** A value on one line is read as it is, whatever is in it: GitHub's form for several lines is not needed. */
function entries(pair: TokenPair): string {
  return [...tokenVariables(pair)]
    .map(([name, value]) => {
      if (!/\p{Cc}/u.test(value)) return `${name}=${value}\n`;
      // A line break would begin a variable that nobody asked for.
      throw new Failure('COMMAND_FAILED', text`the value of ${name} holds control characters`);
    })
    .join('');
}

async function append(file: string, lines: string): Promise<void> {
  const present = await readFile(file);
  const gap = present.length === 0 || present.at(-1) === 0x0a ? '' : '\n';
  try {
    await appendFile(file, `${gap}${lines}`, { flush: true });
  } catch (error) {
    // A part of the secret is of no use to later steps. If this fails too, the first error tells more.
    await truncate(file, present.length).catch(() => {});
    throw error;
  }
}
