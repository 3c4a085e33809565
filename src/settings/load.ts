import type { Patience } from '../files/read-file.ts';
import type { Environment } from '../values/environment.ts';
import type { Resolved } from '../values/source.ts';
import { type ConfigFiles, namedConfig, readConfigFiles } from './files.ts';
import { candidatesFor, resolveFormat, resolveSettings, type Settings } from './resolve.ts';
import { type Format, type GlobalFlags, SECRET_KEYS, type VariableName } from './variables.ts';

/** What reading settings needs apart from the environment. */
export interface LoadingMeans extends Patience {
  /** Told of the secrets in the files as soon as they are read: what is said of other settings may quote them. */
  readonly keepSecret: (secrets: readonly string[]) => void;
}

/** What a setting is set to, the one in force first. */
export type Candidates = (name: VariableName) => readonly Resolved<string>[];

/** Reads each configuration file once in a run, however often it is asked: a pipe could not be read again. */
export class SettingsLoader {
  private readonly environment: Environment;
  private readonly means: LoadingMeans;
  private readonly read = new Map<string | undefined, Promise<ConfigFiles>>();

  constructor(environment: Environment, means: LoadingMeans) {
    this.environment = environment;
    this.means = means;
  }

  /** Resolves every setting. @throws Failure INVALID_CONFIG, INVALID_USAGE */
  async settings(flags: GlobalFlags): Promise<Settings> {
    return resolveSettings(flags, this.environment, await this.files(flags));
  }

  /** What every setting is set to, unchecked, the one in force first. @throws Failure INVALID_CONFIG, INVALID_USAGE */
  async candidates(flags: GlobalFlags): Promise<Candidates> {
    const files = await this.files(flags);
    return (name) => candidatesFor(name, flags, this.environment, files);
  }

  /** The format alone: another setting may be what fails. @throws Failure INVALID_CONFIG, INVALID_USAGE */
  async format(flags: GlobalFlags): Promise<Format> {
    const withoutFiles = resolveFormat(flags, this.environment, { warnings: [] });
    if (withoutFiles.source.kind !== 'default') return withoutFiles.value;
    return resolveFormat(flags, this.environment, await this.files(flags)).value;
  }

  private async files(flags: GlobalFlags): Promise<ConfigFiles> {
    const name = namedConfig(flags, this.environment)?.value;
    const known = this.read.get(name);
    if (known) return known;
    const files = this.readFiles(flags);
    this.read.set(name, files);
    return files;
  }

  private async readFiles(flags: GlobalFlags): Promise<ConfigFiles> {
    const files = await readConfigFiles(flags, this.environment, this.means);
    const { user } = files;
    this.means.keepSecret(SECRET_KEYS.flatMap((key) => user?.values[key] ?? []));
    return files;
  }
}
