import { execFileSync } from 'node:child_process';

/** The words that a shell makes of a command line; nothing is run. */
export function shellWords(line: string): string[] {
  const words = execFileSync('sh', ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }).split('\0');
  return words.slice(0, -1);
}
