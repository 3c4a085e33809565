import type { CliCommand } from './command.ts';

/** `help branch create`, at any depth; commander's own knows the first word only. */
export function addHelpCommand(program: CliCommand): void {
  program.addCommand(
    program
      .createCommand('help')
      .description('Print the help of a command, or of the program.')
      .argument('[command...]', 'The words of the command')
      .documents({
        reads: [],
        examples: [
          ['help add-access', 'What does it take, and what can it do?'],
          ['help branch create', 'The same for a command of a group'],
        ],
      })
      .action((words: string[]) => {
        // The official group's name stands for the program.
        const path = words[0] === 'service-token' ? words.slice(1) : words;
        const command = path.reduce((parent, word) => parent.childNamed(word), program);
        command.outputHelp();
      }),
  );
}
