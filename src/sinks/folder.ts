import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes the folder of a file, and those above it, for their owner alone. @throws the system's error */
export async function makeFolderOf(path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
}
