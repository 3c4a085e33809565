import { readdirSync, readFileSync, renameSync, statSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { type CacheOwner, cacheFolder } from './cache-folder.ts';

type Require = (id: string) => unknown;

/** What of the process the loader needs. */
export interface Runtime {
  readonly owner: CacheOwner;
  /** Node's own `require`, for its own modules. */
  readonly nodeRequire: Require;
  /** What compiled code depends on beside its source. */
  readonly version: string;
  readonly pid: number;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onExit: (save: () => void) => void;
}

interface LoadedScript {
  readonly script: Script;
  readonly source: Buffer;
  readonly file: string;
}

const SUFFIX = '.code';
/** Milliseconds after which code is dropped: another version has most likely taken its place. */
const MONTH = 30 * 86_400_000;
/**
 * Loads a CommonJS file and what it requires of its own folder, with the code that V8 compiled of it the last time.
 * Nothing that goes wrong with that is a reason to fail: then it is compiled anew.
 */
export function load(main: string, { owner, nodeRequire, version, pid, now, onExit }: Runtime): unknown {
  const folder = cacheFolder(owner);
  const modules = new Map<string, { exports: unknown }>();
  const loaded: LoadedScript[] = [];
  let isComplete = true;

  const loadFile = (path: string): unknown => {
    const known = modules.get(path);
    if (known) return known.exports;
    const source = readFileSync(path);
    const file = join(
      folder ?? '',
      `${path.slice(dirname(main).length + 1).replace(/[\\/]/g, '-')}-${version}${SUFFIX}`,
    );
    const cachedData = folder === undefined ? undefined : savedCode(file, source);
    const wrapper = `(function (exports, require, module) {${source}\n})`;
    const script = new Script(wrapper, { filename: path, cachedData });
    isComplete &&= cachedData !== undefined && script.cachedDataRejected === false;
    loaded.push({ script, source, file });
    const module = { exports: {} };
    modules.set(path, module);
    const requireFrom: Require = (id) =>
      id.startsWith('.') ? loadFile(join(dirname(path), id)) : nodeRequire(id);
    script.runInThisContext()(module.exports, requireFrom, module);
    return module.exports;
  };

  if (folder !== undefined) {
    // All of it where a part was missing: functions that other commands use have been compiled since.
    onExit(() => isComplete || save(folder, loaded, pid, now()));
  }
  return loadFile(main);
}

/**
 * A saved file is the source, of which V8 compares the length alone, and the code twice: so is all of it compared
 * sooner than a checksum is computed, or loaded.
 */
function savedCode(file: string, source: Buffer): Buffer | undefined {
  try {
    const saved = readFileSync(file);
    const length = (saved.length - source.length) / 2;
    if (!(length > 0) || !saved.subarray(0, source.length).equals(source)) return undefined;
    const code = saved.subarray(source.length, source.length + length);
    return saved.subarray(source.length + length).equals(code) ? code : undefined;
  } catch {
    return undefined;
  }
}

function save(folder: string, loaded: readonly LoadedScript[], pid: number, now: number): void {
  try {
    for (const { script, source, file } of loaded) {
      const code = script.createCachedData();
      writeFileSync(`${file}.${pid}`, Buffer.concat([source, code, code]), {
        mode: 0o600,
        flag: 'wx',
      });
      renameSync(`${file}.${pid}`, file);
    }
    for (const name of readdirSync(folder)) {
      const path = join(folder, name);
      if (name.includes(SUFFIX) && statSync(path).mtimeMs < now - MONTH) unlinkSync(path);
    }
  } catch {
    // A full disk, or a folder that was removed: the next run compiles again.
  }
}
