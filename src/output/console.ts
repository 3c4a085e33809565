import { fileErrorCode, fileReason } from '../files/file-errors.ts';
import { redact, redactedLines } from '../settings/redaction.ts';
import type { Format } from '../settings/variables.ts';
import { Failure, Interrupted } from '../text/errors.ts';
import { terminalSafe } from '../text/terminal-safe.ts';
import { type Text, text } from '../text/text.ts';
import { combineSignals } from '../values/abort.ts';
import type { ApiTime } from '../values/api-time.ts';
import type { Clock } from '../values/clock.ts';
import type { Interruption } from '../values/interruption.ts';
import { ClosedOutput, chosenLevel, type Io, type OutputStream, writeAll } from './io.ts';
import { render } from './printer.ts';
import { type Progress, terminalProgress } from './progress.ts';
import type { Result } from './result.ts';
import { PLAIN_STYLE, type Style, styled } from './styled.ts';

/** What a console needs of its run. */
export interface ConsoleSurroundings {
  readonly io: Io;
  readonly clock: Clock;
  /** By which times are shown. */
  readonly time: ApiTime;
  readonly interruption: Interruption;
  /** What the user's settings say of colour. */
  readonly colour: { readonly refused: boolean; readonly forced: boolean | undefined };
  /** Tables are as wide as they are, on a terminal too. */
  readonly isWide: boolean;
  /** Nothing is drawn over: progress is a line. */
  readonly isPlain: boolean;
  /** The format in force, as far as it can be known. */
  readonly format: () => Promise<Format>;
  /** What no output may hold, as far as it is known from the start. */
  readonly secrets: readonly string[];
}

/** Milliseconds that an interrupted run waits for somebody to read what it has to say. */
const PATIENCE = 5_000;

/** The streams of one run: results go to stdout, everything else to stderr; secrets are left out of both. */
export class Console {
  /** How stderr is written to; plain up to {@link loadColours}. */
  style: Style = PLAIN_STYLE;
  readonly progress: Progress;
  /** Something of a result is on stdout, so that no envelope has a place there. */
  hasWritten = false;
  /** Nothing but the command's own output is printed. */
  isSilent = false;
  private readonly io: Io;
  private readonly clock: Clock;
  private readonly time: ApiTime;
  private readonly interruption: Interruption;
  private readonly format: () => Promise<Format>;
  private readonly secrets: string[];
  private readonly colour: ConsoleSurroundings['colour'];
  private readonly isWide: boolean;
  private outStyle: Style = PLAIN_STYLE;
  private isAbandoned = false;
  /** Settles when all that was told so far has left the process: nobody waits for a warning by itself. */
  private telling: Promise<unknown> = Promise.resolve();

  constructor({
    io,
    clock,
    time,
    interruption,
    colour,
    isWide,
    isPlain,
    format,
    secrets,
  }: ConsoleSurroundings) {
    this.io = io;
    this.clock = clock;
    this.time = time;
    this.interruption = interruption;
    this.format = format;
    this.secrets = [...secrets];
    this.colour = colour;
    this.isWide = isWide;
    let shown: Progress | undefined;
    this.progress = {
      start: (message) => {
        // Made by the first use: it opens the stream.
        shown ??= terminalProgress(io.stderr.stream, isPlain ? PLAIN_STYLE : this.style);
        shown.start(message);
      },
      update: (message) => shown?.update(message),
      stop: () => shown?.stop(),
    };
  }

  /** Decides once how each stream is coloured. The library is loaded only where one of them is. */
  async loadColours(): Promise<void> {
    const { stdout, stderr } = this.io;
    const levelOf = (stream: OutputStream) => chosenLevel(stream, this.colour);
    if (levelOf(stdout) === 0 && levelOf(stderr) === 0) return;
    const { createStyle } = await import('./style.ts');
    this.outStyle = createStyle(levelOf(stdout));
    this.style = createStyle(levelOf(stderr));
  }

  keepSecrets(secrets: readonly string[]): void {
    this.secrets.push(...secrets);
  }

  redacted(output: string): string {
    return redact(output, this.secrets);
  }

  redactedLines(output: AsyncIterable<readonly string[]>): AsyncIterable<readonly string[]> {
    return redactedLines(output, () => this.secrets);
  }

  /** From here on nothing is handed over any more: the end of the run is being reported while it may go on. */
  abandon(): void {
    this.isAbandoned = true;
  }

  /** Prints a result in the format in force, its notes before it. @throws as {@link write} */
  async print(result: Result, notes: readonly Text[] = []): Promise<void> {
    this.progress.stop();
    for (const note of notes) await this.tell(note);
    await this.write(
      await render(
        result,
        await this.format(),
        this.outStyle,
        () => this.time.now(),
        this.widthOf(this.io.stdout),
      ),
    );
  }

  /** The columns that a table may take up; undefined for any number. */
  private widthOf({ isTerminal, width }: OutputStream): number | undefined {
    return isTerminal && !this.isWide ? width : undefined;
  }

  /** Shows a result on stderr as people read it, whatever the format. */
  async show(result: Result): Promise<void> {
    this.progress.stop();
    const { renderHuman } = await import('./human.ts');
    await this.tellRendered(
      renderHuman(result, this.style, this.time.now(), this.widthOf(this.io.stderr)).trimEnd(),
    );
  }

  /**
   * Writes to stdout.
   *
   * @throws Failure COMMAND_FAILED, Interrupted by a signal while nobody reads, and ClosedOutput where nobody
   *   will read any more
   */
  async write(output: string): Promise<void> {
    this.refuseWhereAbandoned();
    this.hasWritten = true;
    try {
      await this.unlessInterrupted(writeAll(this.io.stdout, output));
    } catch (error) {
      if (error instanceof Interrupted) throw error;
      const code = fileErrorCode(error);
      if (code === 'EPIPE' || code === 'ERR_STREAM_DESTROYED') throw new ClosedOutput();
      throw new Failure('COMMAND_FAILED', text`cannot write to stdout: ${fileReason(error)} (${code})`, {
        cause: error,
      });
    }
  }

  /** Prints the one JSON object of a failure; answers false where stdout has no place for it. */
  async printEnvelope(envelope: Readonly<Record<string, unknown>>): Promise<boolean> {
    // Where a write failed, a part of the result may stand there: an envelope behind it would be no JSON.
    if (this.io.discardsStdout || this.hasWritten) return false;
    const { renderJson } = await import('./json.ts');
    return this.unlessInterrupted(writeAll(this.io.stdout, this.redacted(renderJson(envelope)))).then(
      () => true,
      () => false,
    );
  }

  /** Tells a CI system to hide a secret; past the redaction, which would hide what it is to hide itself. */
  async maskInLog(secret: string): Promise<void> {
    this.progress.stop();
    this.refuseWhereAbandoned();
    await writeAll(this.io.stderr, `::add-mask::${secret.replaceAll('%', '%25')}\n`);
  }

  tellFailure(block: Text): Promise<void> {
    return this.tell(block, this.style.red('Error:'));
  }

  warn(warning: Text): Promise<void> {
    return this.tell(warning, this.style.yellow('Warning:'));
  }

  /** A message on stderr, behind a label of ours. */
  tell(message: Text, label = ''): Promise<void> {
    return this.tellRendered(`${label && `${label} `}${styled(message, this.style)}`);
  }

  /** Waits until everything told has left the process: to a pipe it goes in the background. */
  async told(): Promise<void> {
    await this.telling;
  }

  /** What is safe for a terminal already, secrets left out. A closed stderr is no reason to fail. */
  private tellRendered(line: string): Promise<void> {
    if (this.isSilent) return Promise.resolve();
    // As they are, and as they look once a terminal cannot obey them.
    const secrets = [...this.secrets, ...this.secrets.map(terminalSafe)];
    const written = writeAll(this.io.stderr, `${redact(line, secrets)}\n`);
    const told = this.unlessInterrupted(written).catch(() => {});
    this.telling = Promise.all([this.telling, told]);
    return told;
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
    const { signal, insistence, cause } = this.interruption;
    const next = signal.aborted ? insistence : signal;
    const end = combineSignals(
      ...(next.aborted ? [] : [next]),
      ...(signal.aborted ? [this.clock.timeout(PATIENCE)] : []),
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
}
