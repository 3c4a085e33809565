import { type Column, type Paragraph, type Result, tabulate } from '../output/result.ts';
import { text, unstyled } from '../text/text.ts';

/** A command, as far as whoever drives it has to know it. The keys are those of JSON. */
export interface GuideCommand {
  readonly command: string;
  readonly summary: string;
  readonly changes: boolean;
  /** What it changes, where that is not plain from its name. */
  readonly what?: string;
  /** It takes --dry-run. */
  readonly dry_run: boolean;
  readonly needs_terminal: boolean;
  readonly ask_user_first: boolean;
}

export interface GuideTask {
  readonly task: string;
  readonly commands: readonly string[];
}

export interface Guide {
  readonly commands: readonly GuideCommand[];
  readonly statuses: readonly { readonly status: number; readonly meaning: string }[];
  readonly codes: readonly {
    readonly code: string;
    readonly status: number;
    readonly next_steps: readonly string[];
  }[];
  readonly secrets: readonly string[];
  readonly tasks: readonly GuideTask[];
}

const COLUMNS: readonly Column<GuideCommand>[] = [
  { header: 'Command', cell: ({ command }) => command },
  { header: 'Changes', cell: ({ changes }) => String(changes) },
  { header: 'DryRun', cell: (row) => String(row.dry_run) },
  { header: 'NeedsTerminal', cell: (row) => String(row.needs_terminal) },
  { header: 'AskUserFirst', cell: (row) => String(row.ask_user_first) },
  { header: 'Summary', cell: ({ summary }) => summary },
];

/** JSON is the whole guide, CSV the commands, and for people there is a page. */
export function agentGuideView(guide: Guide): Result {
  const { commands, statuses, codes, secrets, tasks } = guide;
  const of = (isOne: (command: GuideCommand) => boolean): string =>
    commands
      .filter(isOne)
      .map(({ command }) => command)
      .join(', ');
  const paragraphs: Paragraph[] = [
    ...titled('Commands', [
      `These only read: ${of(({ changes }) => !changes)}.`,
      `These change something: ${of(({ changes }) => changes)}.`,
      ...commands.flatMap(({ command, what }) => (what === undefined ? [] : [`${command}: ${what}.`])),
      `--dry-run shows what these would send: ${of((command) => command.dry_run)}.`,
      `Ask the user before: ${of((command) => command.ask_user_first)}.`,
      `These need a terminal: ${of((command) => command.needs_terminal)}.`,
      'Use --format json: a failure is then one object on stdout with a stable code and next_steps.',
    ]),
    ...titled('Secrets', secrets),
    ...titled(
      'Exit statuses',
      statuses.map(({ status, meaning }) => `${status}: ${meaning}`),
    ),
    ...titled(
      'Codes',
      codes.map(({ code, status, next_steps: next }) => `${code} (${status}): ${next.join('; ')}`),
    ),
    ...titled('Tasks', []),
    ...tasks.flatMap(({ task, commands: lines }): Paragraph[] => [
      { text: unstyled(`${task}:`), indent: 2 },
      ...lines.map((line) => ({ text: unstyled(line), indent: 4 })),
    ]),
  ];
  return { data: guide, table: tabulate(COLUMNS, commands), human: { kind: 'paragraphs', paragraphs } };
}

function titled(title: string, lines: readonly string[]): Paragraph[] {
  return [{ text: text`${title}` }, ...lines.map((line) => ({ text: unstyled(line), indent: 2 }))];
}
