import { readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Whether a file is mounted by itself, as containers are given single files: no other file can take its
 * place.
 *
 * @param path absolute, without a link in any part of it
 * @param device the number of the device that it is on
 */
export async function isMountPoint(path: string, device: bigint): Promise<boolean> {
  const mounts = await readFile('/proc/self/mountinfo', 'utf8').catch(() => undefined);
  // Within one folder some file systems, overlays among them, tell different devices for files.
  if (mounts === undefined) return (await stat(dirname(path), { bigint: true })).dev !== device;
  return mounts.split('\n').some((line) => unescaped(line.split(' ')[4] ?? '') === path);
}

/** Blanks, line breaks and backslashes stand there as `\040` and the like. */
function unescaped(name: string): string {
  return name.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
