import type { Environment } from './environment.ts';
import { readConfigFiles } from './files.ts';
import { resolveSettings, type Settings } from './resolve.ts';
import type { GlobalFlags } from './variables.ts';

/** Reads the configuration files and resolves every setting. @throws Failure INVALID_CONFIG, INVALID_USAGE */
export async function loadSettings(flags: GlobalFlags, environment: Environment): Promise<Settings> {
  return resolveSettings(flags, environment, await readConfigFiles(flags, environment));
}
