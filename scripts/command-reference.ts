// What the pages in docs that are made of the code are made from: the help of everything that has one, for
// docs/commands.md, and the choices of --for.
import { helpOf } from '../src/cli/help.ts';
import { isGroup } from '../src/cli/tree.ts';
import { COMMANDS } from '../src/commands/all.ts';
import { PROGRAM } from '../src/text/command-line.ts';

export { leastPrivilegePage } from './least-privilege-page.ts';

/** @param width columns */
export function everyHelp(width: number): Promise<{ name: string; help: string }[]> {
  const shown = COMMANDS.filter(({ name, hidden }) => !hidden && name !== 'help');
  const paths = [
    [],
    ...shown.flatMap((entry) => [
      [entry.name],
      ...(isGroup(entry) ? entry.commands.map(({ name }) => [entry.name, name]) : []),
    ]),
    ['flags'],
    ['environment'],
  ];
  return Promise.all(
    paths.map(async (path) => {
      const isTopic = path[0] === 'flags' || path[0] === 'environment';
      const name = [PROGRAM, ...(isTopic ? ['help'] : []), ...path].join(' ');
      return { name, help: await helpOf(COMMANDS, path, width) };
    }),
  );
}
