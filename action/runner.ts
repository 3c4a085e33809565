import { randomUUID } from 'node:crypto';
import { appendFileSync, statSync, truncateSync, writeSync } from 'node:fs';
import { Writable } from 'node:stream';
import { fileReason } from '../src/files/file-errors.ts';
import type { OutputStream } from '../src/output/io.ts';
import { SECRET_VARIABLES, secretsIn } from '../src/settings/redaction.ts';
import { Failure } from '../src/text/errors.ts';
import { text } from '../src/text/text.ts';

/**
 * The protocol of the runner of GitHub Actions, as far as this action speaks it
 * (https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands): commands are lines of
 * stdout or stderr, and what later steps read are lines of files. Its toolkit, @actions/core, does the same with an
 * HTTP client and four other packages behind it.
 */

export type Variables = Readonly<Record<string, string | undefined>>;

/** Tells of something at the step. The message is one line for the runner, whatever stands in it. Never fails. */
export function annotate(kind: 'error' | 'warning', message: string): void {
  try {
    command(kind, message.replaceAll(OLDER, HARMLESS));
  } catch {
    // The log is gone. The work is not.
  }
}

function command(name: string, message: string): void {
  const escaped = message.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  writeSync(1, `::${name}::${escaped}\n`);
}

/** The older form of a command, which the runner obeys anywhere in a line. */
const OLDER = '##[';
const HARMLESS = '## [';

/** Keeps a secret out of the log; to be done before anything else is done with it. */
export function mask(secret: string): void {
  if (secret !== '') command('add-mask', secret);
}

/** Masks all secrets that a half is given. The runner does so only for a value that comes from a secret of its own. */
export function maskGiven(env: Variables): void {
  const given = Object.entries(env).flatMap(([name, value = '']) =>
    /^(?:INPUT|STATE)_/.test(name) ? secretsIn(value) : [],
  );
  const named = ['INPUT_SERVICE-TOKEN', ...SECRET_VARIABLES].map((name) => env[name]?.trim() ?? '');
  for (const secret of new Set([...named, ...given])) mask(secret);
}

/** Names of the files of a step, each in a variable of that name. */
type StepFile = 'GITHUB_STATE' | 'GITHUB_OUTPUT' | 'GITHUB_ENV';

/**
 * Adds a value to a file of the step, whole or not at all. It may hold anything: a delimiter that nobody can guess
 * ends it.
 *
 * @throws Failure INVALID_USAGE where the step has no such file, COMMAND_FAILED where it cannot be written
 */
export function addTo(file: StepFile, name: string, value: string, variables: Variables): void {
  const path = variables[file];
  if (!path) {
    throw new Failure('INVALID_USAGE', text`${file} is not set: this runs as a step of GitHub Actions only`);
  }
  const delimiter = `end-${randomUUID()}`;
  try {
    append(path, `${name}<<${delimiter}\n${value}\n${delimiter}\n`);
  } catch (error) {
    throw new Failure('COMMAND_FAILED', text`cannot write to ${file}: ${fileReason(error)}`, {
      cause: error,
    });
  }
}

/** Adds Markdown to the summary of the step. Never fails: where it cannot be written, a warning says so. */
export function summarize(markdown: string, { GITHUB_STEP_SUMMARY: path }: Variables): void {
  if (!path) return;
  try {
    append(path, markdown);
  } catch (error) {
    annotate('warning', `The summary of the step could not be written: ${fileReason(error)}`);
  }
}

function append(path: string, content: string): void {
  const found = statSync(path, { throwIfNoEntry: false });
  // A pipe would keep this waiting for its reader.
  if (found && !found.isFile())
    throw new Error(found.isDirectory() ? 'it is a folder' : 'it is no regular file');
  try {
    appendFileSync(path, content);
  } catch (error) {
    // The runner would refuse all of a file that ends in the middle of a value.
    truncateSync(path, found?.size ?? 0);
    throw error;
  }
}

const LABEL = 'pscale-service-token: ';

/**
 * Text for the log in which nothing is a command. The runner looks for `::name::` at the start of a line and, in its
 * older form, for `##[name]` anywhere.
 */
export function harmless(output: string): string {
  return output
    .replaceAll(OLDER, HARMLESS)
    .split(/\r\n|\r|\n/)
    .map((line) => (line === '' ? '' : `${LABEL}${line.replaceAll('::', ': :')}`))
    .join('\n');
}

/** What is told of a failure, without what was said before it. */
export function failureIn(heard: readonly string[]): string {
  const all = heard.join('').trim();
  return /^Error: [\s\S]*/m.exec(all)?.[0] ?? all;
}

/**
 * A stream to the log, through which nothing becomes a command.
 *
 * @param heard told of all that is written; answers how it is written
 */
export function logOf(output: OutputStream, heard: (text: string) => string): OutputStream {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk, _encoding, done) => {
      output.stream.write(harmless(heard(String(chunk))), done);
    },
  });
  return { stream, isTerminal: false, colourLevel: 0, width: output.width };
}
