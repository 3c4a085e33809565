import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type CliResult, cleanEnvironment, createHome, finished, type Home } from '../support/cli.ts';

type Variables = Readonly<Record<string, string>>;

/** One job of GitHub Actions, as far as this action can tell: files a step, and an environment that steps add to. */
export class Job {
  readonly home: Home = createHome();
  /** What later steps have in their environment. */
  variables: Record<string, string>;
  /** What the log hides from here on. */
  readonly masked = new Set<string>();
  log = '';
  private steps = 0;

  constructor(variables: Variables = {}) {
    this.variables = {
      GITHUB_ACTIONS: 'true',
      GITHUB_REPOSITORY: 'acme/shop',
      GITHUB_RUN_ID: '4711',
      GITHUB_RUN_ATTEMPT: '2',
      GITHUB_JOB: 'deploy',
      ...variables,
    };
  }

  /** A use of the action, whose two halves run one behind the other. */
  use(inputs: Variables): Step {
    this.steps += 1;
    return new Step(this, `step-${this.steps}`, inputs);
  }

  remove(): void {
    this.home.remove();
  }
}

/** Values by their names, as the runner reads a file of the step. */
type Values = Readonly<Record<string, string>>;

export class Step {
  private readonly job: Job;
  private readonly name: string;
  /** Evaluated again before each half. */
  inputs: Variables;
  /** Files that the runner does not name. */
  readonly unnamed = new Set<string>();

  constructor(job: Job, name: string, inputs: Variables) {
    this.job = job;
    this.name = name;
    this.inputs = inputs;
    for (const file of ['STATE', 'OUTPUT', 'ENV', 'STEP_SUMMARY']) writeFileSync(this.path(file), '');
  }

  /** Starts the first half, to be ended by the test. */
  startMain(): ChildProcess {
    return this.start('main', {});
  }

  /** What the runner does once the first half has ended, however that was. */
  settle({ stdout, stderr }: Pick<CliResult, 'stdout' | 'stderr'>): void {
    this.job.log += stdout + stderr;
    for (const [, secret = ''] of `${stdout}\n${stderr}`.matchAll(/^::add-mask::(.*)$/gm))
      this.job.masked.add(secret);
    Object.assign(this.job.variables, this.values('ENV'));
  }

  async main(): Promise<CliResult> {
    const ended = await finished(this.startMain());
    this.settle(ended);
    return ended;
  }

  /** @param changed in the state since the first half has left it */
  async post(changed: Variables = {}): Promise<CliResult> {
    const state = Object.entries({ ...this.values('STATE'), ...changed }).map(([name, value]) => [
      `STATE_${name}`,
      value,
    ]);
    const ended = await finished(this.start('post', Object.fromEntries(state)));
    this.settle(ended);
    return ended;
  }

  get outputs(): Values {
    return this.values('OUTPUT');
  }

  get state(): Values {
    return this.values('STATE');
  }

  get summary(): string {
    return readFileSync(this.path('STEP_SUMMARY'), 'utf8');
  }

  /** Puts a folder in the place of a file. */
  block(file: string): void {
    rmSync(this.path(file));
    mkdirSync(this.path(file));
  }

  private start(half: 'main' | 'post', state: Variables): ChildProcess {
    const bundle = fileURLToPath(new URL(`../../action/dist/${half}.cjs`, import.meta.url));
    const files = ['STATE', 'OUTPUT', 'ENV', 'STEP_SUMMARY']
      .filter((file) => !this.unnamed.has(file))
      .map((file) => [`GITHUB_${file}`, this.path(file)]);
    const inputs = Object.entries(this.inputs).map(([name, value]) => [
      `INPUT_${name.replaceAll(' ', '_').toUpperCase()}`,
      value,
    ]);
    const env = { ...this.job.variables, ...Object.fromEntries([...files, ...inputs]), ...state };
    const child = spawn(process.execPath, [bundle], {
      cwd: this.job.home.path,
      env: cleanEnvironment({ home: this.job.home, env }),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    return child;
  }

  path(file: string): string {
    return join(this.job.home.path, `${this.name}-${file}`);
  }

  /** As the runner reads it: `NAME=value`, or `NAME<<DELIMITER` and lines up to that. */
  private values(file: string): Values {
    const values: Record<string, string> = {};
    const lines = readFileSync(this.path(file), 'utf8').split('\n');
    for (let index = 0; index < lines.length; index += 1) {
      const [, name = '', mark = '', rest = ''] = /^([^=<]+)(=|<<)(.*)$/.exec(lines[index] ?? '') ?? [];
      if (mark === '=') values[name] = rest;
      if (mark !== '<<') continue;
      const end = lines.indexOf(rest, index + 1);
      values[name] = lines.slice(index + 1, end).join('\n');
      index = end;
    }
    return values;
  }
}
