import type { Environment } from './environment.ts';
import { readConfigFiles } from './files.ts';
import { resolveFormat, resolveSettings, type Settings } from './resolve.ts';
import type { Format, GlobalFlags } from './variables.ts';

/** Reads the configuration files and resolves every setting. @throws Failure INVALID_CONFIG, INVALID_USAGE */
export async function loadSettings(flags: GlobalFlags, environment: Environment): Promise<Settings> {
  return resolveSettings(flags, environment, await readConfigFiles(flags, environment));
}

/** The format alone: another setting may be what fails. @throws Failure INVALID_CONFIG, INVALID_USAGE */
export async function loadFormat(flags: GlobalFlags, environment: Environment): Promise<Format> {
  const withoutFiles = resolveFormat(flags, environment, { warnings: [] });
  if (withoutFiles.source.kind !== 'default') return withoutFiles.value;
  return resolveFormat(flags, environment, await readConfigFiles(flags, environment)).value;
}
