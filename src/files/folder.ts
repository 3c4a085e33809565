import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { fileReason } from './file-errors.ts';

/** Makes the folder of a file, and those above it, for their owner alone. @throws Failure INVALID_USAGE */
export async function makeFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await mkdir(folder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Failure('INVALID_USAGE', text`cannot create the folder ${folder}: ${fileReason(cause)}`, {
      hint: text`Create it yourself, or make what is above it writable for you.`,
      cause,
    });
  }
}
