import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of four pages in memory. */
export interface SmallDisk {
  readonly path: string;
  /** Leaves not a byte. */
  fillUp(): void;
  makeReadOnly(): void;
  remove(): void;
}

/** Whether this user, on this system, may mount one. */
export function canMountSmallDisk(): boolean {
  try {
    createSmallDisk().remove();
    return true;
  } catch {
    return false;
  }
}

export function createSmallDisk(): SmallDisk {
  const path = mkdtempSync(join(tmpdir(), 'small-disk-'));
  const mount = (options: string) => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
  };
  const removeFolder = () => rmSync(path, { recursive: true, force: true });
  try {
    mount('size=16k');
  } catch (error) {
    removeFolder();
    throw error;
  }
  const filling = join(path, 'filling');
  return {
    path,
    fillUp: () => {
      try {
        for (;;) writeFileSync(filling, '.'.repeat(4096), { flag: 'a' });
      } catch {
        // Full.
      }
    },
    makeReadOnly: () => mount('remount,ro,size=16k'),
    remove: () => {
      execFileSync('umount', [path], { stdio: 'ignore' });
      removeFolder();
    },
  };
}
