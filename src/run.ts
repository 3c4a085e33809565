import type { Rehearsal } from './api/rehearsal.ts';
import type { Exchange } from './api/transport.ts';
import { printingFlags, switchIn } from './cli/argv.ts';
import { type Command, isDryRun } from './cli/command.ts';
import { FOUND_SOMETHING, WRAPPER_FAILED } from './cli/exits.ts';
import type { Outcome } from './cli/outcome.ts';
import { type Parsed, parseCommandLine } from './cli/parse.ts';
import type { Tree } from './cli/tree.ts';
import { type Context, createContext, type Host, type PendingToken } from './context.ts';
import { DONE, type Ending, endingOf, errorBlock, errorEnvelope, toFailure } from './exit.ts';
import { Console } from './output/console.ts';
import { ClosedOutput } from './output/io.ts';
import type { SettingsLoader } from './settings/load.ts';
import { secretsGiven } from './settings/redaction.ts';
import type { Settings } from './settings/resolve.ts';
import type { Format, GlobalFlags } from './settings/variables.ts';
import { Failure } from './text/errors.ts';
import { lines, type Text, text, unstyled } from './text/text.ts';
import { ApiTime } from './values/api-time.ts';
import { isOn, isPlain, variable } from './values/environment.ts';
import { giveTerminalBack } from './values/suspension.ts';

/** Runs one command line and answers its exit status: {@link runToEnd} for whoever needs no more. */
export async function run(argv: readonly string[], host: Host, tree: Tree): Promise<number> {
  const { status } = await runToEnd(argv, host, tree);
  return status;
}

/**
 * Runs one command line and answers how it ended. Everything it prints goes through the host's streams; it
 * never throws. A defect of the program ends it wherever it is, and so it does not wait for what never comes.
 *
 * @param tree the commands that there are
 */
export async function runToEnd(argv: readonly string[], host: Host, tree: Tree): Promise<Ending> {
  const invocation = new Invocation(argv, host, tree);
  const defect = host.defect.catch((error: unknown) => {
    invocation.console.abandon();
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

type Call = Extract<Parsed, { kind: 'call' }>;

/** The course of one run: argv, command, outcome, end. */
class Invocation {
  readonly console: Console;
  /** How the run ends, as soon as it has done what it was asked. Without that it has failed. */
  settled: Ending | undefined;
  private readonly argv: readonly string[];
  private readonly host: Host;
  private readonly tree: Tree;
  /** One for all that this run asks the API, and all that it shows. */
  private readonly time: ApiTime;
  private command: Command | undefined;
  private flags: GlobalFlags = {};
  private settings: Settings | undefined;
  private loading: Promise<SettingsLoader> | undefined;
  private pending: PendingToken | undefined;

  constructor(argv: readonly string[], host: Host, tree: Tree) {
    this.argv = argv;
    this.host = host;
    this.tree = tree;
    this.time = new ApiTime(host.clock, (warning) => void this.console.warn(warning));
    this.console = new Console({
      io: host.io,
      clock: host.clock,
      time: this.time,
      interruption: host.interruption,
      colour: this.colour(),
      isWide: switchIn('--wide', argv) ?? false,
      isPlain: isPlain(host.environment),
      format: () => this.format(),
      // Before anything is parsed: messages about the command line may quote it.
      secrets: secretsGiven(argv, host.environment.variables),
    });
  }

  async run(): Promise<Ending> {
    await this.console.loadColours();
    const parsed = await parseCommandLine(this.tree, this.argv, this.host.io.stdout.width, (command) => {
      this.command = command;
    });
    if (parsed.kind === 'text') return this.settleWith(DONE, parsed.text);
    const { manner } = parsed.command;
    if (manner !== 'silent') return this.perform(parsed);
    this.console.isSilent = true;
    this.settled = DONE;
    return this.perform(parsed).catch(() => DONE);
  }

  /** Reports an error in the format asked for and answers how the run ends with it. */
  async report(error: unknown): Promise<Ending> {
    const failure = error instanceof ClosedOutput ? closedTooEarly(error) : toFailure(error, this.pending);
    const isWrapper = this.command?.manner === 'wrapper';
    this.console.progress.stop();
    // What is reported now has to be read: a defect may have come while a list took the whole screen.
    giveTerminalBack();
    const isJson = !isWrapper && !this.console.hasWritten && (await this.format()) === 'json';
    const told = isJson && (await this.console.printEnvelope(errorEnvelope(failure)));
    // What a person has decided is no error of theirs.
    if (!told && failure.code === 'CANCELLED') await this.console.tell(CANCELLED);
    else if (!told) await this.console.tellFailure(errorBlock(failure));
    const { cause } = failure;
    // Where a system call came from tells nothing that its name and error do not.
    const isTelling = cause instanceof Error && !('syscall' in cause);
    if (this.isDebugging() && failure.code === 'COMMAND_FAILED' && isTelling) {
      await this.console.tell(stackOf(cause));
    }
    const ending = endingOf(failure);
    return isWrapper && !ending.signal ? { status: WRAPPER_FAILED } : ending;
  }

  /** Waits until everything told has left the process. A first signal meanwhile is how the run ends. */
  async written(ending: Ending): Promise<Ending> {
    const { signal, cause } = this.host.interruption;
    const wasInterrupted = signal.aborted;
    await this.console.told();
    const interrupted = cause();
    return interrupted && !wasInterrupted ? endingOf(interrupted) : ending;
  }

  private async perform({ command, line, globals }: Call): Promise<Ending> {
    const isOwnFormat = command.ownFormat !== undefined && globals.format === command.ownFormat;
    this.flags = isOwnFormat ? { ...globals, format: 'human' } : globals;
    const rehearsal = isDryRun(command, line) ? await this.rehearsal() : undefined;
    const context = this.contextOf(this.flags, rehearsal, isOwnFormat);
    // The format is part of the settings: a bad one is found before anything is done.
    await context.settings().catch((failure) => {
      if (command.manner !== 'diagnosis' && command.manner !== 'silent') throw failure;
    });
    const work = command.prepare(line, { warn: context.warn });
    const outcome = await this.finished(this.explained(work(context), context), context);
    return this.conclude(rehearsal ? await rehearsed(outcome, rehearsal) : outcome);
  }

  /** Shows what there is to show, and answers how that ends the run. */
  private async conclude({ shown, notes, end }: Outcome): Promise<Ending> {
    switch (end.kind) {
      case 'relayed':
        if (end.failure) await this.console.tellFailure(errorBlock(end.failure));
        this.settled = { status: end.status };
        return this.settled;
      case 'failed':
        this.settled = endingOf(end.failure);
        break;
      case 'found something':
        this.settled = { status: FOUND_SOMETHING };
        break;
      case 'done':
        this.settled = DONE;
    }
    try {
      if (shown?.kind === 'result') await this.console.print(shown.result, notes);
      else for (const note of notes) await this.console.tell(note);
      if (shown?.kind === 'text') await this.console.write(shown.text);
    } finally {
      // A reader that has gone away is no reason to end as if all were well.
      if (end.kind === 'failed') await this.console.tellFailure(errorBlock(end.failure));
    }
    return this.settled;
  }

  private async rehearsal(): Promise<Rehearsal> {
    const { Rehearsal } = await import('./api/rehearsal.ts');
    return new Rehearsal(this.time);
  }

  private contextOf(flags: GlobalFlags, rehearsal: Rehearsal | undefined, isOwnFormat: boolean): Context {
    return createContext(this.host, flags, {
      time: this.time,
      rehearsal,
      isOwnFormat,
      warn: (warning) => void this.console.warn(warning),
      note: (note) => void this.console.tell(note),
      tell: (line) => void this.console.tell(line),
      trace: (exchange) => this.trace(exchange),
      keepSecret: (secrets) => this.console.keepSecrets(secrets),
      loadSettings: async (given) => (await this.loader()).settings(given),
      loadCandidates: async (given) => (await this.loader()).candidates(given),
      progress: {
        start: (message) => this.startProgress(message),
        update: (message) => this.console.progress.update(message),
        stop: () => this.console.progress.stop(),
      },
      style: this.console.style,
      loaded: (settings) => {
        this.settings = settings;
      },
      print: (result, notes) => this.console.print(result, notes),
      printText: (output) => this.console.write(output),
      maskInLog: (secret) => this.console.maskInLog(secret),
      show: (result) => this.console.show(result),
      redacted: (output) => this.console.redacted(output),
      redactedLines: (output) => this.console.redactedLines(output),
      pending: (token) => {
        this.pending = token;
      },
    });
  }

  /** The command's work; what it did not find is looked for in the lists. */
  private async explained(work: Promise<Outcome>, context: Context): Promise<Outcome> {
    try {
      return await work;
    } catch (failure) {
      if (!(failure instanceof Failure) || failure.code !== 'NOT_FOUND') throw failure;
      const { namingTheMissing } = await import('./api/missing.ts');
      throw await namingTheMissing(failure, await context.client());
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

  private async settleWith(ending: Ending, output: string): Promise<Ending> {
    this.settled = ending;
    await this.console.write(output);
    return ending;
  }

  private startProgress(message: Text): void {
    if (this.host.io.interactive && this.settings?.format.value === 'human')
      this.console.progress.start(message);
  }

  private trace(exchange: Exchange): void {
    if (!this.isDebugging()) return;
    const { method, url, tries } = exchange;
    const what = text`${unstyled(method)} ${unstyled(url)}`;
    const which = text`(try ${unstyled(tries)})`;
    void this.console.tell(
      exchange.phase === 'request'
        ? text`> ${what} ${which}`
        : text`< ${unstyled(exchange.outcome)} ${what} ${unstyled(Math.round(exchange.milliseconds))} ms ${which}`,
    );
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
      const keepSecret = (secrets: readonly string[]): void => this.console.keepSecrets(secrets);
      return new SettingsLoader(environment, { clock, signal: interruption.signal, keepSecret });
    });
    return this.loading;
  }

  private colour(): { refused: boolean; forced: boolean | undefined } {
    const { environment } = this.host;
    const isForced = variable(environment, 'FORCE_COLOR') !== undefined;
    return {
      refused:
        switchIn('--no-color', this.argv) ??
        (isOn(environment, 'PLANETSCALE_NO_COLOR') || variable(environment, 'NO_COLOR') !== undefined),
      forced: isForced ? isOn(environment, 'FORCE_COLOR') : undefined,
    };
  }
}

const CANCELLED: Text = text`Cancelled. Nothing changed.`;

/** What a command that was only rehearsed leaves behind: what it would have sent, whatever it says of it. */
async function rehearsed({ end }: Outcome, { requests }: Rehearsal): Promise<Outcome> {
  const { requestList } = await import('./views/rehearsal.ts');
  const notes = [text`Nothing was sent that changes anything.`];
  return { shown: { kind: 'result', result: requestList(requests) }, notes, end };
}

/** Where an error comes from. Its message is one value, whatever line breaks that holds; the frames are lines. */
function stackOf({ message, stack = message }: Error): Text {
  const end = Math.max(0, stack.indexOf(message)) + message.length;
  const [rest = '', ...frames] = stack.slice(end).split('\n');
  return lines(unstyled(stack.slice(0, end) + rest), ...frames.map(unstyled));
}

/** The reader of stdout has gone before the run had done what it was asked. */
function closedTooEarly(cause: ClosedOutput): Failure {
  return new Failure('COMMAND_FAILED', text`stdout was closed before the command was done`, { cause });
}
