import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Environment } from '../values/environment.ts';
import { cacheFolder } from './cache-folder.ts';

/** Bytes: more would be slower to read than to fetch. */
const LARGEST = 5_000_000;

/** What a file in the user's cache folder holds; undefined where there is none, or no such folder. Never fails. */
export function readCached(name: string, environment: Environment): string | undefined {
  const folder = folderOf(environment, { mayCreate: false });
  if (folder === undefined) return undefined;
  try {
    const path = join(folder, name);
    const found = statSync(path);
    return found.isFile() && found.size <= LARGEST ? readFileSync(path, 'utf8') : undefined;
  } catch {
    return undefined;
  }
}

/** Puts a file there in one step, for the user alone. Best effort: a cache that cannot be written is none. */
export function writeCached(name: string, content: string, environment: Environment): void {
  const folder = folderOf(environment, { mayCreate: true });
  if (folder === undefined || content.length > LARGEST) return;
  const temporary = join(folder, `${name}.${crypto.randomUUID()}.tmp`);
  try {
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' });
    renameSync(temporary, join(folder, name));
  } catch {
    removeCached(`${name}.`, environment);
  }
}

/** Removes the files there whose names begin so. Never fails. */
export function removeCached(prefix: string, environment: Environment): void {
  const folder = folderOf(environment, { mayCreate: false });
  if (folder === undefined) return;
  try {
    for (const name of readdirSync(folder)) {
      if (name.startsWith(prefix)) rmSync(join(folder, name), { force: true });
    }
  } catch {
    // Not there any more, or not ours to change.
  }
}

function folderOf(environment: Environment, means: { mayCreate: boolean }): string | undefined {
  const { variables, platform, home, uid } = environment;
  return cacheFolder({ variables, platform, uid, passwdHome: () => home }, means);
}
