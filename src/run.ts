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
import { redact } from './settings/redaction.ts';
import type { Settings } from './settings/resolve.ts';
import type { Format, GlobalFlags } from './settings/variables.ts';
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
  /** What the run ends with, as far as it is known. */
  status = 0;
  private isSilent = false;
  private isWrapper = false;

  constructor(argv: readonly string[], host: Host) {
    this.argv = argv;
    this.host = host;
    this.outStyle = this.styleOf(host.io.stdout);
    this.errStyle = this.styleOf(host.io.stderr);
    this.progress = terminalProgress(host.io.stderr.stream, this.errStyle);
    for (const name of ['PLANETSCALE_SERVICE_TOKEN', 'PLANETSCALE_API_TOKEN']) {
      const secret = variable(host.environment, name);
      if (secret !== undefined) this.secrets.push(secret);
    }
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
      await this.tell(stackOf(failure.cause));
    }
    return this.isWrapper && !(failure instanceof Interrupted) ? WRAPPER_FAILED : exitStatus(failure);
  }

  private tellFailure(failure: Failure): Promise<void> {
    return this.tell(errorBlock(failure), this.errStyle.red('Error:'));
  }

  /** Answers false where stdout cannot take it: a failure that matters is then told on stderr. */
  private async printEnvelope(failure: Failure): Promise<boolean> {
    if (this.host.io.discardsStdout) return false;
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
    for (const secret of [flags.serviceToken, flags.apiToken]) if (secret) this.secrets.push(secret);
    const context = createContext(this.host, flags, {
      warn: (warning) => void this.warn(warning),
      trace: (exchange) => this.trace(exchange),
      keepSecret: (secrets) => this.secrets.push(...secrets),
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
  private async write(content: string): Promise<void> {
    try {
      await writeAll(this.host.io.stdout, content);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new ClosedOutput();
      throw new Failure('COMMAND_FAILED', text`cannot write to stdout: ${unstyled(code)}`, { cause: error });
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
      const { loadFormat } = await import('./settings/load.ts');
      return await loadFormat(printingFlags(this.argv), this.host.environment);
    } catch {
      return 'human';
    }
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
