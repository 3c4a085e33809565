import { version } from '../../package.json';
import { PROGRAM } from '../text/command-line.ts';
import { STATUSES } from './exits.ts';
import { helpOf } from './help.ts';
import { leavesOf, type Tree } from './tree.ts';

/** Columns of what stands in a page as it is: pages are read in 80, and indent it. */
const WIDTH = 72;

/** The manual page, in the language of man(7), made of the help of everything that has one. */
export async function manPage(tree: Tree): Promise<string> {
  const shown = tree.filter(({ name, hidden = false }) => !hidden && name !== 'help');
  const commands = await Promise.all(
    leavesOf(shown).map(async ({ path }) => subsection(path.join(' '), await helpOf(tree, path, WIDTH))),
  );
  return [
    `.TH ${quoted(PROGRAM.toUpperCase())} 1 "" ${quoted(`${PROGRAM} ${version}`)} ${quoted('User Commands')}`,
    section('NAME', `${words(PROGRAM)} \\- manage PlanetScale service tokens`),
    section('SYNOPSIS', `.B ${words(PROGRAM)}\n.I command\n[options]`),
    section(
      'DESCRIPTION',
      words(
        'Creates, changes, rotates and deletes service tokens of a PlanetScale organization, with the commands, flags, JSON and CSV of pscale service-token.',
      ),
    ),
    section('COMMANDS', commands.join('\n')),
    section('OPTIONS', preformatted(await helpOf(tree, ['flags'], WIDTH))),
    section('ENVIRONMENT', preformatted(await helpOf(tree, ['environment'], WIDTH))),
    section(
      'EXIT STATUS',
      STATUSES.map(([status, meaning]) => `.TP\n.B ${status}\n${words(sentence(meaning))}`).join('\n'),
    ),
    section('FILES', FILES.map(([path, meaning]) => `.TP\n.I ${words(path)}\n${words(meaning)}`).join('\n')),
    '',
  ].join('\n');
}

const FILES = [
  ['~/.config/planetscale/pscale.yml', 'Settings of the user.'],
  ['.pscale.yml', 'Settings of a project, in the root of its repository: org, database and branch only.'],
] as const;

function sentence(words: string): string {
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}.`;
}

function section(title: string, body: string): string {
  return `.SH ${title}\n${body}`;
}

function subsection(title: string, help: string): string {
  return `.SS ${quoted(title)}\n${preformatted(help)}`;
}

/** Lines that stay as they are. */
function preformatted(text: string): string {
  return `.nf\n${text.trimEnd().split('\n').map(line).join('\n')}\n.fi`;
}

/** A line that begins with a point or a quote would be a request. */
function line(text: string): string {
  return /^[.']/.test(text) ? `\\&${words(text)}` : words(text);
}

/** Text of which roff leaves every character as it is: a hyphen that can be copied, and no escapes. */
function words(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('…', '\\[u2026]')
    .replaceAll('—', '\\[em]');
}

function quoted(text: string): string {
  return `"${words(text).replaceAll('"', '\\(dq')}"`;
}
