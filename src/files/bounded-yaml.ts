import { Composer, CST, type Document, Lexer, type ParsedNode, Parser, type Scalar } from 'yaml';

/** What reading a file may cost: the library takes quadratic time for many keys, and long for every mistake. */
export interface YamlBounds {
  readonly keys: number;
  /** Lines, values and escapes. */
  readonly parts: number;
  readonly aliases: number;
  readonly depth: number;
}

/** Why a text is not the one YAML document that was expected; nothing of the text is quoted. */
export class YamlProblem extends Error {
  override readonly name = 'YamlProblem';
  /** Where, in characters from the start; undefined where it is about the whole. */
  readonly offset: number | undefined;

  constructor(message: string, offset?: number) {
    super(message);
    this.offset = offset;
  }
}

const NOT_YAML = 'it is not valid YAML';

/**
 * The one document of a text, every scalar a text: an id such as 012345678901 must not become a number.
 *
 * @throws YamlProblem
 */
export function parseBounded(
  content: string,
  bounds: YamlBounds,
  options: { readonly uniqueKeys?: boolean } = {},
): Document.Parsed<ParsedNode> {
  // YAML ends a line with it, and the library does not: a comment would swallow what others read as the next line.
  const lone = /\r(?!\n)/.exec(content);
  if (lone) throw new YamlProblem('a line ends with CR alone: save the file with LF or CRLF', lone.index);
  // Warnings of the library would go to stderr by a way of its own.
  const composer = new Composer({ schema: 'failsafe', logLevel: 'error', prettyErrors: false, ...options });
  const [document, ...others] = composed(composer, content, bounds);
  const problem = document?.errors[0];
  if (problem) throw new YamlProblem(NOT_YAML, problem.pos[0]);
  if (document === undefined || others.length > 0) throw new YamlProblem('it holds more than one document');
  return document;
}

function composed(composer: Composer<ParsedNode>, content: string, bounds: YamlBounds) {
  try {
    return [...composer.compose(boundedTokens(content, bounds), true, content.length)];
  } catch (error) {
    if (error instanceof YamlProblem) throw error;
    throw new YamlProblem(NOT_YAML);
  }
}

/** The syntax tree, as far as it is worth a look. */
function* boundedTokens(content: string, bounds: YamlBounds): Generator<CST.Token> {
  const parser = new Parser();
  let keys = 0;
  let aliases = 0;
  let parts = 0;
  let isScalarNext = false;
  for (const lexeme of new Lexer().lex(content)) {
    const kind: CST.TokenType | undefined = isScalarNext ? undefined : (CST.tokenType(lexeme) ?? undefined);
    isScalarNext = kind === 'scalar';
    parts += kind === 'double-quoted-scalar' ? lexeme.split('\\').length : 1;
    if (kind === 'map-value-ind' || kind === 'explicit-key-ind') keys += 1;
    if (kind === 'alias') aliases += 1;
    if (keys > bounds.keys) {
      throw new YamlProblem(`it has more than ${bounds.keys.toLocaleString('en-US')} keys`);
    }
    if (aliases > bounds.aliases) throw new YamlProblem(`it has more than ${bounds.aliases} aliases`);
    if (parts > bounds.parts) throw new YamlProblem('it has more lines and values than any configuration');
    yield* wellFormed(parser.next(lexeme));
    if (parser.stack.length > bounds.depth) throw new YamlProblem('it is nested too deeply');
  }
  yield* wellFormed(parser.end());
}

function* wellFormed(tokens: Iterable<CST.Token>): Generator<CST.Token> {
  for (const token of tokens) {
    if (token.type === 'error') throw new YamlProblem(NOT_YAML, token.offset);
    yield token;
  }
}

/** A place in a text, both counted from 1; columns are characters. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Tells where offsets of a text are. A byte order mark takes no column. */
export function positionsIn(content: string): (offset: number) => Position {
  const starts = [content.startsWith('\ufeff') ? 1 : 0];
  for (let end = content.indexOf('\n'); end !== -1; end = content.indexOf('\n', end + 1))
    starts.push(end + 1);
  // Characters of two units of the text each. Looked up as lines are: a file may be one long line.
  const wide = [...content.matchAll(/[\u{10000}-\u{10ffff}]/gu)].map(({ index }) => index);
  return (offset) => {
    const line = countUpTo(offset, starts);
    const start = starts[line - 1] ?? 0;
    const units = offset - start;
    return { line, column: units - (countUpTo(offset - 1, wide) - countUpTo(start - 1, wide)) + 1 };
  };
}

/** How many of the numbers, which ascend, are at most so large. */
function countUpTo(limit: number, ascending: readonly number[]): number {
  let [least, most] = [0, ascending.length];
  while (least < most) {
    const middle = (least + most) >> 1;
    if ((ascending[middle] ?? 0) <= limit) least = middle + 1;
    else most = middle;
  }
  return least;
}

/** Whether a scalar stands for nothing, as YAML's core schema has it; in quotes it is a text like any other. */
export function isUnset({ type, tag, value }: Scalar): boolean {
  return type === 'PLAIN' && tag === undefined && /^(|~|null|Null|NULL)$/.test(String(value));
}
