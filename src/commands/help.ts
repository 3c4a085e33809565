import { type Command, command } from '../cli/command.ts';
import { argumentList } from '../cli/declaration.ts';
import { helpOf } from '../cli/help.ts';
import { showingText } from '../cli/outcome.ts';
import type { Tree } from '../cli/tree.ts';

/** The manual page, as man(1) reads it. */
const MAN = 'man';

/** `help branch create`, at any depth, and the topics that no command has for itself. */
export function help(tree: Tree): Command {
  return command({
    name: 'help',
    description:
      'Print the help of a command, of the program, or on a topic: flags or environment; or the manual page: man.',
    arguments: {
      words: argumentList('command', 'The words of the command, or a topic', 'any number', (words) => words, {
        words: ['flags', 'environment', MAN],
        description: 'topic',
      }),
    },
    reads: [],
    examples: [
      ['help add-access', 'What does it take, and what can it do?'],
      ['help environment', 'Every environment variable'],
    ],
    run: async ({ words }, context) => {
      if (words.length === 1 && words[0] === MAN) {
        const { manPage } = await import('../cli/man-page.ts');
        return showingText(await manPage(tree));
      }
      return showingText(await helpOf(tree, words, context.io.stdout.width));
    },
  });
}
