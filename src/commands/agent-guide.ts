import { type Command, command } from '../cli/command.ts';
import { EXITS, STATUSES } from '../cli/exits.ts';
import { showing } from '../cli/outcome.ts';
import { type Leaf, leavesOf, type Tree } from '../cli/tree.ts';
import { commandLine } from '../text/command-line.ts';
import { agentGuideView, type GuideCommand, type GuideTask } from '../views/agent-guide.ts';

/** The official CLI's name for such a guide, and so the one that agents try. */
export function agentGuide(tree: Tree): Command {
  return command({
    name: 'agent-guide',
    description:
      'Tell agents and scripts how to use this program: what reads and what changes, what to ask first, how to keep secrets off stdout, exit statuses and codes.',
    reads: ['format', 'config'],
    examples: [
      ['agent-guide --format json', 'For a program'],
      ['agent-guide', 'The same as a page'],
    ],
    run: async () => {
      const shown = tree.filter(({ hidden = false }) => !hidden);
      const commands = await Promise.all(leavesOf(shown).map((leaf) => described(leaf, tree)));
      return showing(
        agentGuideView({
          commands,
          statuses: STATUSES.map(([status, meaning]) => ({ status, meaning })),
          codes: Object.entries(EXITS).map(([code, [status, ...next]]) => ({
            code,
            status,
            next_steps: next,
          })),
          secrets: SECRETS,
          tasks: TASKS,
        }),
      );
    },
  });
}

async function described({ path, entry }: Leaf, tree: Tree): Promise<GuideCommand> {
  const { changes, alsoChanges, endsAccess = false, needsTerminal = false } = await entry.load(tree);
  return {
    command: path.join(' '),
    summary: entry.summary,
    changes: changes || alsoChanges !== undefined,
    ...(alsoChanges !== undefined && { what: alsoChanges }),
    dry_run: changes,
    needs_terminal: needsTerminal,
    ask_user_first: endsAccess,
  };
}

const SECRETS = [
  'A secret is displayed once. Do not let it reach your output: save it with -e <path>, --github-env or --github-output, or pipe it into a store: --pipe secret -- <command>.',
  'Set PLANETSCALE_NO_REVEAL=1: whatever would print a secret is refused before anything is made.',
  'For one command, use exec: its token is in the environment of that command alone, and deleted when it ends.',
  'Never put a secret on a command line. config set asks for it, or reads stdin.',
];

const TASKS: readonly GuideTask[] = [
  { task: 'See which tokens there are', commands: [commandLine('list', '--format', 'json')] },
  {
    task: 'Find out which permission something needs',
    commands: [commandLine('permissions', '--for', 'branch create', '--format', 'json')],
  },
  {
    task: 'Make a token for a pipeline, its secret in a file',
    commands: [commandLine('create', '--name', 'ci', '--access', 'shop=read_branch', '-e', '.env')],
  },
  {
    task: 'Replace a token, its new secret in the same file',
    commands: [commandLine('show', 'ci', '--format', 'json'), commandLine('rotate', 'ci', '-e', '.env')],
  },
  {
    task: 'Delete a token, after the user has agreed',
    commands: [commandLine('delete', 'ci', '--dry-run'), commandLine('delete', 'ci', '--force')],
  },
];
