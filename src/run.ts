import { CommanderError } from 'commander';
import type { Exchange } from './api/transport.ts';
import {
  ownWords,
  printingFlags,
  refuseMissingSeparator,
  refuseSwallowedFlags,
  refuseWordsBeforeSeparator,
  withoutGroupWord,
} from './argv.ts';
import type { CliCommand, Handler, Outcome } from './commands/command.ts';
import { type Context, createContext, type Host } from './context.ts';
import { Failure, Interrupted } from './errors.ts';
import { errorBlock, errorEnvelope, exitStatus, FOUND_SOMETHING, toFailure, WRAPPER_FAILED } from './exit.ts';
import { ClosedOutput, type OutputStream, wantsColour, writeAll } from './output/io.ts';
import { render } from './output/printer.ts';
import { terminalProgress } from './output/progress.ts';
import type { Result } from './output/result.ts';
import { createStyle, type Style, styled } from './output/style.ts';
import { terminalSafe } from './output/terminal-safe.ts';
import { createProgram } from './program.ts';
import { isOn, variable } from './settings/environment.ts';
import type { SettingsLoader } from './settings/load.ts';
import { redact, secretsGiven } from './settings/redaction.ts';
import type { Settings } from './settings/resolve.ts';
import type { Format, GlobalFlags } from './settings/variables.ts';
import { fileErrorCode, fileReason } from './sinks/file-errors.ts';
import { lines, type Text, text, unstyled } from './text.ts';

/**
 * Runs one command line and answers its exit status. Everything it prints goes through the host's
 * streams; it never throws.
 */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const invocation = new Invocation(argv, host);
  try {
    return await invocation.run();
  } catch (error) {
    // A reader that has seen enough, as `head` has, is no failure.
    return error instanceof ClosedOutput ? invocation.status : await invocation.report(toFailure(error));
  }
}

/** The state of one run: which settings are known by now, which secrets no output may hold. */
class Invocation {
  private readonly argv: readonly string[];
  private readonly host: Host;
  private readonly secrets: string[] = [];
  private readonly outStyle: Style;
  private readonly errStyle: Style;
  private readonly progress;
  private flags: GlobalFlags = {};
  private settings: Settings | undefined;
  private loading: Promise<SettingsLoader> | undefined;
  /** What the run ends with, as far as it is known. */
  status = 0;
  private hasStdoutFailed = false;
  private isSilent = false;
  private isWrapper = false;

  constructor(argv: readonly string[], host: Host) {
    this.argv = argv;
    this.host = host;
    this.outStyle = this.styleOf(host.io.stdout);
    this.errStyle = this.styleOf(host.io.stderr);
    this.progress = terminalProgress(host.io.stderr.stream, this.errStyle);
    // Before anything is parsed: messages about the command line may quote it.
    this.secrets.push(...secretsGiven(argv, host.environment.variables));
  }

  async run(): Promise<number> {
    let help = '';
    const output = {
      write: (text: string) => {
        help += text;
      },
      width: this.host.io.stdout.width,
    };
    try {
      const program = await createProgram(
        (command, handler) => this.perform(command, handler),
        output,
        this.argv,
      );
      this.isWrapper = program.called?.manner === 'wrapper';
      refuseSwallowedFlags(program, this.argv);
      refuseMissingSeparator(program, this.argv);
      await program.parseAsync(withoutGroupWord(program, this.argv), { from: 'user' });
    } catch (error) {
      // Help and the version end parsing this way; they are an answer, not a failure.
      if (!(error instanceof CommanderError)) throw error;
      if (error.exitCode !== 0)
        throw new Failure('INVALID_USAGE', unstyled(error.message.replace(/^error: /, '')));
    }
    if (help !== '') await this.write(help);
    return this.status;
  }

  /** Tells of a failure in the format asked for and answers its exit status. */
  async report(failure: Failure): Promise<number> {
    this.progress.stop();
    const isJson = !this.isWrapper && (await this.format()) === 'json';
    const told = isJson && (await this.printEnvelope(failure));
    if (!told) await this.tellFailure(failure);
    if (this.isDebugging() && failure.code === 'COMMAND_FAILED' && failure.cause instanceof Error) {
      const stack = failure.cause.stack ?? failure.cause.message;
      await this.tell(lines(...stack.split('\n').map(unstyled)));
    }
    return this.isWrapper && !(failure instanceof Interrupted) ? WRAPPER_FAILED : exitStatus(failure);
  }

  private tellFailure(failure: Failure): Promise<void> {
    return this.tell(errorBlock(failure), this.errStyle.red('Error:'));
  }

  /** Answers false where stdout cannot take it: a failure that matters is then told on stderr. */
  private async printEnvelope(failure: Failure): Promise<boolean> {
    // Where a write failed, a part of the result may stand there: an envelope behind it would be no JSON.
    if (this.host.io.discardsStdout || this.hasStdoutFailed) return false;
    const { renderJson } = await import('./output/json.ts');
    const envelope = redact(renderJson(errorEnvelope(failure)), this.secrets);
    return writeAll(this.host.io.stdout, envelope).then(
      () => true,
      () => false,
    );
  }

  private async perform(command: CliCommand, handler: Handler): Promise<void> {
    refuseWordsBeforeSeparator(command, this.argv);
    if (command.manner !== 'silent') return this.execute(command, handler);
    this.isSilent = true;
    return this.execute(command, handler).catch(() => {});
  }

  private async execute(command: CliCommand, handler: Handler): Promise<void> {
    const flags: GlobalFlags = command.optsWithGlobals();
    this.flags = flags;
    const context = createContext(this.host, flags, {
      warn: (warning) => void this.warn(warning),
      trace: (exchange) => this.trace(exchange),
      keepSecret: (secrets) => this.secrets.push(...secrets),
      loadSettings: async (given) => (await this.loader()).settings(given),
      progress: {
        start: (message) => this.startProgress(message),
        update: (message) => this.progress.update(message),
        stop: () => this.progress.stop(),
      },
      style: this.errStyle,
      loaded: (settings) => {
        this.settings = settings;
      },
      print: (result) => {
        this.progress.stop();
        return this.print(result);
      },
      printText: (text) => this.write(text),
      maskInLog: (secret) => this.maskInLog(secret),
      show: (result) => this.show(result),
      redacted: (text) => redact(text, this.secrets),
    });
    // The format is part of the settings: a bad one is found before anything is done.
    await context.settings().catch((failure) => {
      if (command.manner !== 'diagnosis' && command.manner !== 'silent') throw failure;
    });
    const outcome = await this.finished(handler(context), context);
    if ('plainText' in outcome) {
      await this.write(outcome.plainText);
      return;
    }
    if ('relayedStatus' in outcome) {
      if (outcome.failure) await this.tellFailure(outcome.failure);
      this.status = outcome.relayedStatus;
      return;
    }
    const { failure } = outcome;
    if ('found' in outcome && outcome.found) this.status = FOUND_SOMETHING;
    if (failure) this.status = exitStatus(failure);
    try {
      if ('printed' in outcome) await this.tellNotes(outcome.notes);
      else await this.print(outcome);
    } finally {
      // A reader that has gone away is no reason to end as if all were well.
      if (failure) await this.tellFailure(failure);
    }
  }

  private async finished(work: Promise<Outcome>, context: Context): Promise<Outcome> {
    try {
      return await work;
    } finally {
      context.progress.stop();
    }
  }

  private async print(result: Result): Promise<void> {
    await this.tellNotes(result.notes);
    const format = await this.format();
    await this.write(await render(result, format, this.outStyle, this.host.clock.now()));
  }

  private async tellNotes(notes: readonly Text[] = []): Promise<void> {
    for (const note of notes) await this.tell(note);
  }

  /** Past the redaction, which would hide what is to be hidden by somebody else. */
  private async maskInLog(secret: string): Promise<void> {
    this.progress.stop();
    await writeAll(this.host.io.stderr, `::add-mask::${secret.replaceAll('%', '%25')}\n`);
  }

  private async show(result: Result): Promise<void> {
    this.progress.stop();
    const { renderHuman } = await import('./output/human.ts');
    await this.tellRendered(renderHuman(result, this.errStyle, this.host.clock.now()).trimEnd());
  }

  /** Writes to stdout. @throws Failure COMMAND_FAILED, and ClosedOutput where nobody reads it any more */
  private async write(output: string): Promise<void> {
    try {
      await writeAll(this.host.io.stdout, output);
    } catch (error) {
      this.hasStdoutFailed = true;
      const code = fileErrorCode(error);
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new ClosedOutput();
      throw new Failure('COMMAND_FAILED', text`cannot write to stdout: ${fileReason(error)} (${code})`, {
        cause: error,
      });
    }
  }

  private startProgress(message: Text): void {
    if (this.host.io.interactive && this.settings?.format.value === 'human') this.progress.start(message);
  }

  private warn(warning: Text): Promise<void> {
    return this.tell(warning, this.errStyle.yellow('Warning:'));
  }

  private trace(exchange: Exchange): void {
    if (!this.isDebugging()) return;
    const { method, url, tries } = exchange;
    const what = text`${unstyled(method)} ${unstyled(url)}`;
    const which = text`(try ${unstyled(tries)})`;
    void this.tell(
      exchange.phase === 'request'
        ? text`> ${what} ${which}`
        : text`< ${unstyled(exchange.outcome)} ${what} ${unstyled(Math.round(exchange.milliseconds))} ms ${which}`,
    );
  }

  /** A message on stderr, behind a label of ours. */
  private tell(message: Text, label = ''): Promise<void> {
    return this.tellRendered(`${label && `${label} `}${styled(message, this.errStyle)}`);
  }

  /** What is safe for a terminal already, secrets left out. A closed stderr is no reason to fail. */
  private async tellRendered(line: string): Promise<void> {
    if (this.isSilent) return;
    // As they are, and as they look once a terminal cannot obey them.
    const secrets = [...this.secrets, ...this.secrets.map(terminalSafe)];
    await writeAll(this.host.io.stderr, `${redact(line, secrets)}\n`).catch(() => {});
  }

  private isDebugging(): boolean {
    return this.flags.debug ?? isOn(this.host.environment, 'PLANETSCALE_DEBUG');
  }

  /** The format in force, as far as it can be known: a failure may come before the settings are read. */
  private async format(): Promise<Format> {
    if (this.settings) return this.settings.format.value;
    try {
      return await (await this.loader()).format(printingFlags(this.argv));
    } catch {
      return 'human';
    }
  }

  /** One for the whole run: what it reads may be a pipe. Loaded on first use: help needs no settings. */
  private loader(): Promise<SettingsLoader> {
    this.loading ??= import('./settings/load.ts').then(({ SettingsLoader }) => {
      const { environment, clock, interruption } = this.host;
      const keepSecret = (secrets: readonly string[]): void => void this.secrets.push(...secrets);
      return new SettingsLoader(environment, { clock, signal: interruption.signal, keepSecret });
    });
    return this.loading;
  }

  private styleOf(output: OutputStream): Style {
    const { environment } = this.host;
    const forced = variable(environment, 'FORCE_COLOR');
    return createStyle(
      wantsColour(output, {
        refused:
          ownWords(this.argv).includes('--no-color') ||
          isOn(environment, 'PLANETSCALE_NO_COLOR') ||
          variable(environment, 'NO_COLOR') !== undefined,
        forced: forced === undefined ? undefined : isOn(environment, 'FORCE_COLOR'),
      }),
    );
  }
}
