import { type Position, positionsIn } from '../files/bounded-yaml.ts';
import type { PositionedNode } from '../files/positioned-yaml.ts';
import { Failure } from '../text/errors.ts';
import { lines, type Text, text, unstyled } from '../text/text.ts';

/** So many mistakes are named; the others come to light when these are mended. */
const MOST_NAMED = 20;

/** A way through the file: keys, and places in lists. */
export type Path = readonly PropertyKey[];

/** Whether a mistake is about a key, or about what stands behind it. */
export type Side = 'key' | 'value';

/** What is wrong with a file, each with where it stands. */
export class Mistakes {
  private readonly doubts: Text[] = [];
  private readonly positionOf: (offset: number) => Position;
  private readonly file: string;
  private readonly root: PositionedNode;
  private readonly found: { readonly offset: number; readonly words: Text }[] = [];

  /**
   * @param file what messages call it
   * @param root what stands in it, as far as that is known
   */
  constructor(content: string, file: string, root: PositionedNode = { kind: 'unset', offset: 0 }) {
    this.positionOf = positionsIn(content);
    this.file = file;
    this.root = root;
  }

  get areThere(): boolean {
    return this.found.length > 0;
  }

  add(path: Path, words: Text, side: Side = 'value'): void {
    this.addAt(this.offsetOf(path, side), words);
  }

  /** @param offset characters from the start */
  addAt(offset: number, words: Text): void {
    this.found.push({ offset, words });
  }

  /** Adds what a check of another part of the program refuses. */
  check(path: Path, attempt: () => unknown, side: Side = 'value'): void {
    try {
      attempt();
    } catch (failure) {
      if (!(failure instanceof Failure)) throw failure;
      this.add(path, failure.text, side);
    }
  }

  /** Keeps what may be a mistake. */
  warn(path: Path, words: Text, side: Side = 'value'): void {
    this.doubts.push(text`${this.placeOf(path, side)}: ${words}`);
  }

  /** Doubts, up to a number that a person still reads. */
  get warnings(): readonly Text[] {
    const rest = this.doubts.length - MOST_NAMED;
    const more = rest > 0 ? [text`${this.file}: and ${unstyled(rest)} more of these`] : [];
    return [...this.doubts.slice(0, MOST_NAMED), ...more];
  }

  /** Where something stands, such as `service-tokens.yml:5:3`. */
  placeOf(path: Path, side: Side): string {
    return this.place(this.offsetOf(path, side));
  }

  nodeAt(path: Path): PositionedNode | undefined {
    let node: PositionedNode | undefined = this.root;
    for (const part of path) {
      if (node?.kind === 'map') node = node.entries.get(String(part))?.value;
      else node = node?.kind === 'list' ? node.items[Number(part)] : undefined;
    }
    return node;
  }

  /** All of them as one failure, in the order in which they stand in the file. */
  failure(): Failure {
    const inOrder = this.found.toSorted((one, other) => one.offset - other.offset);
    const issues = inOrder
      .slice(0, MOST_NAMED)
      .map(({ offset, words }) => text`${this.place(offset)}: ${words}`);
    const rest = inOrder.length - issues.length;
    const more = rest > 0 ? [text`and ${unstyled(rest)} more`] : [];
    return new Failure('INVALID_CONFIG', lines(...issues, ...more), {
      issues,
      nextSteps: [`Fix ${this.file}`],
    });
  }

  private offsetOf(path: Path, side: Side): number {
    const parent = this.nodeAt(path.slice(0, -1));
    if (side === 'key' && parent?.kind === 'map') {
      const entry = parent.entries.get(String(path.at(-1)));
      if (entry) return entry.keyOffset;
    }
    return this.nodeAt(path)?.offset ?? parent?.offset ?? 0;
  }

  private place(offset: number): string {
    const { line, column } = this.positionOf(offset);
    return `${this.file}:${line}:${column}`;
  }
}

/** No more of a value is shown. */
const LONGEST_SHOWN = 80;

/** A value of the file in a message. */
export function shown(value: string): string {
  const short = value.length > LONGEST_SHOWN ? `${value.slice(0, LONGEST_SHOWN)}…` : value;
  return JSON.stringify(short);
}
