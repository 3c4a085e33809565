import { type Document, isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode } from 'yaml';
import { isUnset, parseBounded, type YamlBounds, YamlProblem } from './bounded-yaml.ts';

/** A part of a document, and where it begins: characters from the start of the text. */
export type PositionedNode =
  | { readonly kind: 'text'; readonly value: string; readonly offset: number }
  /** Nothing, `~` or `null` without quotes. */
  | { readonly kind: 'unset'; readonly offset: number }
  | { readonly kind: 'list'; readonly items: readonly PositionedNode[]; readonly offset: number }
  | {
      readonly kind: 'map';
      /** By their keys, in the order of the file. */
      readonly entries: ReadonlyMap<string, PositionedEntry>;
      readonly offset: number;
    };

export interface PositionedEntry {
  readonly keyOffset: number;
  readonly value: PositionedNode;
}

/**
 * Reads one YAML document for whoever has to say where something stands. What makes a file mean more than it
 * shows is refused: tags, merge keys, keys that are no text, and a key twice.
 *
 * @throws YamlProblem
 */
export function readPositioned(content: string, bounds: YamlBounds): PositionedNode {
  // Keys are compared here: the library compares each with each.
  const document = parseBounded(content, bounds, { uniqueKeys: false });
  return new Reading(document, bounds).nodeOf(document.contents, 0);
}

class Reading {
  private readonly document: Document.Parsed<ParsedNode>;
  private readonly bounds: YamlBounds;
  /** Parts that may still come: an alias stands for all that it names. */
  private left: number;

  constructor(document: Document.Parsed<ParsedNode>, bounds: YamlBounds) {
    this.document = document;
    this.bounds = bounds;
    this.left = bounds.parts;
  }

  /**
   * @param otherwise where it would stand if there were anything
   * @param depth how many others it is within: an alias may stand for what it is within itself
   */
  nodeOf(given: Node | null, otherwise: number, depth = 0): PositionedNode {
    this.left -= 1;
    const isTooMuch = this.left < 0 || depth > this.bounds.depth;
    if (isTooMuch) throw new YamlProblem('its aliases stand for more than any file holds', otherwise);
    const offset = given?.range?.[0] ?? otherwise;
    if (isAlias(given)) {
      const target = given.resolve(this.document);
      if (!target) throw new YamlProblem('an alias stands for nothing', offset);
      return this.nodeOf(target, offset, depth + 1);
    }
    if (given === null) return { kind: 'unset', offset };
    refuseTag(given, offset);
    if (isScalar(given)) {
      return isUnset(given)
        ? { kind: 'unset', offset }
        : { kind: 'text', value: String(given.value), offset };
    }
    if (isSeq<Node>(given)) {
      return { kind: 'list', items: given.items.map((item) => this.nodeOf(item, offset, depth + 1)), offset };
    }
    if (isMap<Node, Node | null>(given))
      return { kind: 'map', entries: this.entriesOf(given.items, depth + 1), offset };
    throw new YamlProblem('it holds what is neither text, list nor mapping', offset);
  }

  private entriesOf(
    pairs: readonly { key: Node; value: Node | null }[],
    depth: number,
  ): Map<string, PositionedEntry> {
    const entries = new Map<string, PositionedEntry>();
    for (const { key, value } of pairs) {
      const keyOffset = key.range?.[0] ?? 0;
      refuseTag(key, keyOffset);
      if (!isScalar(key)) throw new YamlProblem('a key is not text', keyOffset);
      const name = String(key.value);
      if (key.type === 'PLAIN' && name === '<<')
        throw new YamlProblem('merge keys are not supported', keyOffset);
      // What is read becomes an object of these keys.
      if (name === '__proto__') throw new YamlProblem('__proto__ cannot be a key', keyOffset);
      if (entries.has(name)) throw new YamlProblem('the same key is there twice', keyOffset);
      entries.set(name, { keyOffset, value: this.nodeOf(value, key.range?.[1] ?? keyOffset, depth) });
    }
    return entries;
  }
}

function refuseTag({ tag }: { tag?: string | undefined }, offset: number): void {
  if (tag !== undefined) throw new YamlProblem('tags are not supported', offset);
}
