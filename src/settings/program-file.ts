import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';

/** What the system makes of a file that may be executed. */
export type ProgramFile =
  /** The system starts it, as far as this can be seen. */
  | { readonly kind: 'program' }
  /** Text without a `#!` line: a shell reads it, as the POSIX shells and execvp do. */
  | { readonly kind: 'shell script' }
  /** The system surely refuses it. @property why a sentence part such as `it is empty` */
  | { readonly kind: 'broken'; readonly why: string };

/** Bytes that are looked at: more than any system reads of a `#!` line. */
const HEAD = 4_096;

/**
 * Looks at the beginning of a program's file, on systems with `#!` lines. What cannot be read, or is of a kind that is
 * not known here, counts as a program: the system may have been taught it.
 *
 * @param findInPath whether there is a program of that name
 */
export function examineProgram(path: string, findInPath: (name: string) => boolean): ProgramFile {
  const file = headOf(path);
  if (file === undefined) return { kind: 'program' };
  const { head, size } = file;
  if (size === 0) return broken('it is empty');
  const interpreter = /^#![ \t]*([^ \t\n\0]+)[ \t]*([^\n\0]*)/.exec(head.toString('latin1'));
  if (interpreter) {
    const [, name = '', rest = ''] = interpreter;
    return withInterpreter(Buffer.from(name, 'latin1').toString(), rest, findInPath);
  }
  if (head.toString('latin1', 0, 4) === '\x7fELF') return elf(head, size);
  return head.includes(0) ? { kind: 'program' } : { kind: 'shell script' };
}

function broken(why: string): ProgramFile {
  return { kind: 'broken', why };
}

/** @param rest of the `#!` line: the system hands it on as one argument */
function withInterpreter(name: string, rest: string, findInPath: (name: string) => boolean): ProgramFile {
  if (!existsSync(name)) return missing(name);
  const asked = rest.replace(/[ \t]+$/, '');
  const isByName = /(?:^|\/)env$/.test(name) && asked !== '' && !/^-|=/.test(asked);
  return isByName && !findInPath(asked) ? missing(asked) : { kind: 'program' };
}

function missing(interpreter: string): ProgramFile {
  if (!interpreter.endsWith('\r')) return broken(`its interpreter ${interpreter} does not exist`);
  return broken(
    `its first line ends with CR, so its interpreter ${interpreter.slice(0, -1)} is not found: save it with LF line ends`,
  );
}

/** The kind of an entry that names what loads the program. */
const LOADER = 3;

/** A 64-bit one; the others are the system's to judge. Offsets and sizes are those of the ELF specification. */
function elf(head: Buffer, size: number): ProgramFile {
  if (size < 64) return broken('it is cut off');
  if (head[4] !== 2 || head[5] !== 1) return { kind: 'program' };
  const start = Number(head.readBigUInt64LE(32));
  const entry = head.readUInt16LE(54);
  const end = start + entry * head.readUInt16LE(56);
  if (end > size) return broken('it is cut off');
  if (entry < 56 || end > head.length) return { kind: 'program' };
  for (let at = start; at < end; at += entry) {
    const offset = Number(head.readBigUInt64LE(at + 8));
    const length = Number(head.readBigUInt64LE(at + 32));
    if (offset + length > size) return broken('it is cut off');
    if (head.readUInt32LE(at) !== LOADER || offset + length > head.length) continue;
    const loader = head.toString('utf8', offset, offset + length).replace(/\0.*$/s, '');
    if (!existsSync(loader)) return broken(`its loader ${loader} does not exist`);
  }
  return { kind: 'program' };
}

function headOf(path: string): { readonly head: Buffer; readonly size: number } | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch {
    return undefined;
  }
  try {
    const head = Buffer.alloc(HEAD);
    const length = readSync(descriptor, head);
    return { head: head.subarray(0, length), size: fstatSync(descriptor).size };
  } catch {
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}
