import type { Text, Tone } from '../text/text.ts';

/** A moment as the API writes it (RFC 3339), or null for none. */
export interface Moment {
  readonly time: string | null;
  /** Something ends then, so that people are told by colour when it is soon. */
  readonly isEnd?: boolean;
  /** What people are told behind it. */
  readonly detail?: string | undefined;
}

/** Words of which the row decides what they are. */
export interface TonedWords {
  readonly words: string;
  readonly tone: Tone | undefined;
}

/** What a cell can hold; each format writes it its own way. */
export type Cell = string | boolean | Moment | TonedWords | readonly string[];

export type Wholeness = 'in tables' | 'always';

export interface Column<Row> {
  /** The official CLI's CSV header, such as `LastUsedAt`; human headers are made from it. */
  readonly header: string;
  readonly cell: (row: Row) => Cell;
  /** What people see instead of an empty cell. */
  readonly whenEmpty?: string;
  /** What its cells are to people. */
  readonly tone?: Tone;
  /** Its cells are copied, and so not broken in a table; a secret not even where it is all that a line has room for. */
  readonly isWhole?: Wholeness;
  /** 0, the default, for one that is always shown; on a narrow terminal the highest is left out first. */
  readonly priority?: number;
}

/** A column whose cells have been made. */
export interface TableColumn {
  readonly header: string;
  readonly whenEmpty?: string | undefined;
  readonly tone?: Tone | undefined;
  readonly isWhole?: Wholeness | undefined;
  readonly priority?: number | undefined;
}

/** Rows and columns of a view, the rows' own type gone. */
export interface Table {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly Cell[])[];
}

/** How the human format shows a result. */
export type HumanView =
  /** The first `groupedBy` columns are shown once for each run of equal cells. */
  | {
      readonly kind: 'table';
      readonly whenEmpty: Text;
      readonly groupedBy?: number;
      /** The command has `--columns`. */
      readonly hasColumnsFlag?: boolean;
      /** A sentence under the rows. */
      readonly after?: Text;
    }
  /** One thing, a line for each column; a sentence before it and one after. */
  | { readonly kind: 'record'; readonly before?: Text; readonly after?: Text }
  | { readonly kind: 'sentence'; readonly text: Text }
  | { readonly kind: 'paragraphs'; readonly paragraphs: readonly Paragraph[] };

/** Words that go on in the next line, a little further in, where a terminal has no room for them. */
export interface Paragraph {
  readonly text: Text;
  /** Columns in front of it. */
  readonly indent?: number;
}

/** What a command answers, for all formats at once: it does not know which one is asked for. */
export interface Result {
  /** What JSON prints. */
  readonly data: unknown;
  /** What CSV prints, and the human table or record. */
  readonly table: Table;
  readonly human: HumanView;
}

export function tabulate<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Table {
  return {
    columns: columns.map(({ header, whenEmpty, tone, isWhole, priority }) => ({
      header,
      whenEmpty,
      tone,
      isWhole,
      priority,
    })),
    rows: rows.map((row) => columns.map((column) => column.cell(row))),
  };
}
