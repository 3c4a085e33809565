import { CommanderError } from 'commander';
import { combineSignals } from './abort.ts';
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
import { type Context, createContext, type Host, type PendingToken } from './context.ts';
import { Failure, Interrupted } from './errors.ts';
import {
  DONE,
  type Ending,
  endingOf,
  errorBlock,
  errorEnvelope,
  FOUND_SOMETHING,
  toFailure,
  WRAPPER_FAILED,
} from './exit.ts';
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

/** Runs one command line and answers its exit status: {@link runToEnd} for whoever needs no more. */
export async function run(argv: readonly string[], host: Host): Promise<number> {
  const { status } = await runToEnd(argv, host);
  return status;
}

/**
 * Runs one command line and answers how it ended. Everything it prints goes through the host's streams; it
 * never throws. A defect of the program ends it wherever it is, and so it does not wait for what never comes.
 */
export async function runToEnd(argv: readonly string[], host: Host): Promise<Ending> {
  const invocation = new Invocation(argv, host);
  const defect = host.defect.catch((error: unknown) => {
    invocation.abandon();
    throw error;
  });
  try {
    return await invocation.written(await Promise.race([invocation.run(), defect]));
  } catch (error) {
    // A reader that has seen enough, as `head` has, is no failure.
    const isEnough = error instanceof ClosedOutput && invocation.settled;
    return await invocation.written(isEnough || (await invocation.report(error)));
  }
}

/** How commander ends parsing where it has shown help or the version. */
const HELP: readonly string[] = ['commander.help', 'commander.helpDisplayed', 'commander.version'];

/** Milliseconds that an interrupted run waits for somebody to read what it has to say. */
const PATIENCE = 5_000;

/** Where an error comes from. Its message is one value, whatever line breaks that holds; the frames are lines. */
function stackOf({ message, stack = message }: Error): Text {
  const end = Math.max(0, stack.indexOf(message)) + message.length;
  const [rest = '', ...frames] = stack.slice(end).split('\n');
  return lines(unstyled(stack.slice(0, end) + rest), ...frames.map(unstyled));
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
  private pending: PendingToken | undefined;
  /** How the run ends, as soon as it has done what it was asked. Without that it has failed. */
  settled: Ending | undefined;
  private isSilent = false;
  private isWrapper = false;
  /** Something of a result is on stdout, so that no envelope has a place there. */
  private hasWritten = false;
  private isAbandoned = false;
  /** Settles when all that was told so far has left the process: nobody waits for a warning by itself. */
  private telling: Promise<unknown> = Promise.resolve();

  constructor(argv: readonly string[], host: Host) {
    this.argv = argv;
    this.host = host;
    this.outStyle = this.styleOf(host.io.stdout);
    this.errStyle = this.styleOf(host.io.stderr);
    this.progress = terminalProgress(host.io.stderr.stream, this.errStyle);
    // Before anything is parsed: messages about the command line may quote it.
    this.secrets.push(...secretsGiven(argv, host.environment.variables));
  }

  async run(): Promise<Ending> {
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
      if (!HELP.includes(error.code))
        throw new Failure('INVALID_USAGE', unstyled(error.message.replace(/^error: /, '')));
    }
    if (help !== '') {
      this.settled = DONE;
      await this.write(help);
    }
    if (!this.settled) throw new Error('the command line was read, and nothing was done');
    return this.settled;
  }

  /** From here on the run hands nothing over any more: its end is being reported while it may still go on. */
  abandon(): void {
    this.isAbandoned = true;
  }

  /** Reports an error in the format asked for and answers how the run ends with it. */
  async report(error: unknown): Promise<Ending> {
    const failure = error instanceof ClosedOutput ? closedTooEarly(error) : toFailure(error, this.pending);
    this.progress.stop();
    const isJson = !this.isWrapper && !this.hasWritten && (await this.format()) === 'json';
    const told = isJson && (await this.printEnvelope(failure));
    if (!told) await this.tellFailure(failure);
    if (this.isDebugging() && failure.code === 'COMMAND_FAILED' && failure.cause instanceof Error) {
      await this.tell(stackOf(failure.cause));
    }
    const ending = endingOf(failure);
    return this.isWrapper && !ending.signal ? { status: WRAPPER_FAILED } : ending;
  }

  /**
   * Waits until everything told has left the process: to a pipe it goes in the background. A first signal
   * meanwhile is how the run ends.
   */
  async written(ending: Ending): Promise<Ending> {
    const { signal, cause } = this.host.interruption;
    const wasInterrupted = signal.aborted;
    await this.telling;
    const interrupted = cause();
    return interrupted && !wasInterrupted ? endingOf(interrupted) : ending;
  }

  private tellFailure(failure: Failure): Promise<void> {
    return this.tell(errorBlock(failure), this.errStyle.red('Error:'));
  }

  /** Answers false where stdout cannot take it: a failure that matters is then told on stderr. */
  private async printEnvelope(failure: Failure): Promise<boolean> {
    // Where a write failed, a part of the result may stand there: an envelope behind it would be no JSON.
    if (this.host.io.discardsStdout || this.hasWritten) return false;
    const { renderJson } = await import('./output/json.ts');
    const envelope = redact(renderJson(errorEnvelope(failure)), this.secrets);
    return this.unlessInterrupted(writeAll(this.host.io.stdout, envelope)).then(
      () => true,
      () => false,
    );
  }

  private async perform(command: CliCommand, handler: Handler): Promise<void> {
    refuseWordsBeforeSeparator(command, this.argv);
    if (command.manner !== 'silent') return this.execute(command, handler);
    this.isSilent = true;
    this.settled = DONE;
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
      pending: (token) => {
        this.pending = token;
      },
    });
    // The format is part of the settings: a bad one is found before anything is done.
    await context.settings().catch((failure) => {
      if (command.manner !== 'diagnosis' && command.manner !== 'silent') throw failure;
    });
    const outcome = await this.finished(handler(context), context);
    if ('plainText' in outcome) {
      this.settled = DONE;
      await this.write(outcome.plainText);
      return;
    }
    if ('relayedStatus' in outcome) {
      if (outcome.failure) await this.tellFailure(outcome.failure);
      this.settled = { status: outcome.relayedStatus };
      return;
    }
    const { failure } = outcome;
    const found = 'found' in outcome && outcome.found;
    if (failure) this.settled = endingOf(failure);
    else this.settled = found ? { status: FOUND_SOMETHING } : DONE;
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
      context.close();
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
    this.refuseWhereAbandoned();
    await writeAll(this.host.io.stderr, `::add-mask::${secret.replaceAll('%', '%25')}\n`);
  }

  private async show(result: Result): Promise<void> {
    this.progress.stop();
    const { renderHuman } = await import('./output/human.ts');
    await this.tellRendered(renderHuman(result, this.errStyle, this.host.clock.now()).trimEnd());
  }

  /**
   * Writes to stdout.
   *
   * @throws Failure COMMAND_FAILED, Interrupted by a signal while nobody reads, and ClosedOutput where nobody
   *   will read any more
   */
  private async write(output: string): Promise<void> {
    this.refuseWhereAbandoned();
    this.hasWritten = true;
    try {
      await this.unlessInterrupted(writeAll(this.host.io.stdout, output));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const code = fileErrorCode(error);
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new ClosedOutput();
      throw new Failure('COMMAND_FAILED', text`cannot write to stdout: ${fileReason(error)} (${code})`, {
        cause: error,
      });
    }
  }

  private refuseWhereAbandoned(): void {
    if (this.isAbandoned) throw new Failure('COMMAND_FAILED', text`the command has ended already`);
  }

  /**
   * Settles as a write does, unless a signal ends the wait for a reader who does not read. Behind the first
   * signal the run has to tell of its consequences: then it is the second one, or the end of patience, and
   * behind the second one the end of patience alone.
   */
  private async unlessInterrupted(write: Promise<void>): Promise<void> {
    const { signal, insistence, cause } = this.host.interruption;
    const next = signal.aborted ? insistence : signal;
    const end = combineSignals(
      ...(next.aborted ? [] : [next]),
      ...(signal.aborted ? [this.host.clock.timeout(PATIENCE)] : []),
    );
    let stop = (): void => {};
    const ended = new Promise<never>((_, reject) => {
      stop = () => reject(cause());
      end.signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([write, ended]);
    } finally {
      end.release();
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
  private tellRendered(line: string): Promise<void> {
    if (this.isSilent) return Promise.resolve();
    // As they are, and as they look once a terminal cannot obey them.
    const secrets = [...this.secrets, ...this.secrets.map(terminalSafe)];
    const written = writeAll(this.host.io.stderr, `${redact(line, secrets)}\n`);
    const told = this.unlessInterrupted(written).catch(() => {});
    this.telling = Promise.all([this.telling, told]);
    return told;
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

/** The reader of stdout has gone before the run had done what it was asked. */
function closedTooEarly(cause: ClosedOutput): Failure {
  return new Failure('COMMAND_FAILED', text`stdout was closed before the command was done`, { cause });
}
