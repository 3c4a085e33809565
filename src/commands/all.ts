import type { Tree } from '../cli/tree.ts';

/** Every command, in the order of help. A command's file is loaded when it is called. */
export const COMMANDS: Tree = [
  {
    name: 'create',
    aliases: ['new'],
    summary: 'Create a service token for the organization',
    load: async () => (await import('./create/create.ts')).create,
  },
  {
    name: 'list',
    aliases: ['ls'],
    summary: 'List the service tokens of the organization',
    load: async () => (await import('./list.ts')).list,
  },
  {
    name: 'show',
    aliases: ['get', 'view', 'describe'],
    summary: 'Show a service token and its permissions',
    load: async () => (await import('./show.ts')).show,
  },
  {
    name: 'show-access',
    summary: 'Show the permissions of a service token',
    load: async () => (await import('./show-access.ts')).showAccess,
  },
  {
    name: 'update',
    summary: 'Change the name, expiry or IP restrictions of a service token',
    load: async () => (await import('./update.ts')).update,
  },
  {
    name: 'edit',
    summary: 'Change the permissions of a service token in a list',
    load: async () => (await import('./edit.ts')).edit,
  },
  {
    name: 'add-access',
    aliases: ['grant'],
    summary: 'Grant a service token permissions on a database or the organization',
    load: async () => (await import('./add-access.ts')).addAccess,
  },
  {
    name: 'delete-access',
    aliases: ['revoke'],
    summary: 'Remove permissions from a service token',
    load: async () => (await import('./delete-access.ts')).deleteAccess,
  },
  {
    name: 'delete',
    aliases: ['rm'],
    summary: 'Delete a service token',
    load: async () => (await import('./delete.ts')).deleteCommand,
  },
  {
    name: 'rotate',
    summary: 'Replace a service token with a new one',
    load: async () => (await import('./rotate.ts')).rotate,
  },
  {
    name: 'duplicate',
    aliases: ['copy', 'clone'],
    summary: 'Create a service token like another one',
    load: async () => (await import('./duplicate.ts')).duplicate,
  },
  {
    name: 'exec',
    aliases: ['run'],
    summary: 'Run a command with a temporary service token',
    load: async () => (await import('./exec.ts')).exec,
  },
  {
    name: 'prune',
    summary: 'Delete the service tokens that match filters',
    load: async () => (await import('./prune.ts')).prune,
  },
  {
    name: 'permissions',
    summary: 'Look up permissions and what they allow',
    load: async () => (await import('./permissions.ts')).permissions,
  },
  {
    name: 'whoami',
    summary: 'Show the credentials in use and what they may do',
    load: async () => (await import('./whoami.ts')).whoami,
  },
  {
    name: 'doctor',
    summary: 'Check settings, credentials and the connection to the API',
    load: async () => (await import('./doctor/doctor.ts')).doctor,
  },
  {
    name: 'access',
    summary: 'Keep the access of tokens in a reviewed file',
    description:
      'Keep in one reviewed file what each service token may do: write it from what there is, show the difference, and apply exactly that.',
    examples: [
      ['access export > service-tokens.yml', 'What may each token do today?'],
      ['access explain k3j9x0q2m7ab shop=create_branch', 'May this token create branches of shop?'],
    ],
    commands: [
      {
        name: 'export',
        summary: 'Print what tokens may do today as such a file',
        load: async () => (await import('../access/commands/export.ts')).accessExport,
      },
      {
        name: 'validate',
        summary: 'Check such a file, without credentials',
        load: async () => (await import('../access/commands/validate.ts')).accessValidate,
      },
      {
        name: 'plan',
        summary: 'Show what is not as such a file says',
        load: async () => (await import('../access/commands/plan.ts')).accessPlan,
      },
      {
        name: 'apply',
        summary: 'Change service tokens to what such a file says',
        load: async () => (await import('../access/commands/apply.ts')).accessApply,
      },
      {
        name: 'explain',
        summary: 'Explain what a service token may do, and why',
        load: async () => (await import('../access/commands/explain.ts')).accessExplain,
      },
      {
        name: 'schema',
        summary: 'Print the JSON Schema of such a file',
        load: async () => (await import('../access/commands/schema.ts')).accessSchema,
      },
    ],
  },
  {
    name: 'branch',
    summary: 'Create, list, show and delete branches',
    description: 'Create, list, show and delete branches, to see that a token works on what it was made for.',
    examples: [
      ['branch create shop feature-1 --org acme', 'May this token create branches?'],
      ['branch list shop --org acme', 'Which ones does it see?'],
    ],
    commands: [
      {
        name: 'create',
        summary: 'Create a branch of a database',
        load: async () => (await import('./branch/create.ts')).branchCreate,
      },
      {
        name: 'list',
        aliases: ['ls'],
        summary: 'List the branches of a database',
        load: async () => (await import('./branch/list.ts')).branchListCommand,
      },
      {
        name: 'show',
        summary: 'Show one branch',
        load: async () => (await import('./branch/show.ts')).branchShow,
      },
      {
        name: 'delete',
        aliases: ['rm'],
        summary: 'Delete a branch',
        load: async () => (await import('./branch/delete.ts')).branchDelete,
      },
    ],
  },
  {
    name: 'emulator',
    summary: 'Run a local stand-in of the PlanetScale API',
    description: 'Run a local stand-in of the PlanetScale API, to try, script and test without an account.',
    examples: [
      ['emulator start --port 4010', 'Keep one running in a terminal', 'goes on running'],
      ['emulator exec -- npm test', 'Give a command one of its own', 'runs a command of yours'],
    ],
    commands: [
      {
        name: 'start',
        summary: 'Start the emulator and keep it running',
        load: async () => (await import('./emulator/start.ts')).emulatorStart,
      },
      {
        name: 'exec',
        summary: 'Run a command against an emulator of its own',
        load: async () => (await import('./emulator/exec.ts')).emulatorExec,
      },
    ],
  },
  {
    name: 'config',
    summary: 'Show and change settings',
    description:
      'Show which settings are in force and where they come from, and change the configuration file.',
    examples: [
      ['config show', 'Why is it this organization?'],
      ['config set org acme', 'No --org from now on'],
    ],
    commands: [
      {
        name: 'show',
        aliases: ['list', 'ls'],
        summary: 'Show every setting and where it comes from',
        load: async () => (await import('./config/show.ts')).configShow,
      },
      {
        name: 'get',
        summary: 'Print the value of a setting',
        load: async () => (await import('./config/get.ts')).configGet,
      },
      {
        name: 'set',
        summary: 'Set a setting in the configuration file',
        load: async () => (await import('./config/set.ts')).configSet,
      },
      {
        name: 'unset',
        summary: 'Remove a setting from the configuration file',
        load: async () => (await import('./config/unset.ts')).configUnset,
      },
      {
        name: 'path',
        summary: 'Print the path of the configuration file',
        load: async () => (await import('./config/path.ts')).configPath,
      },
    ],
  },
  {
    name: 'agent-guide',
    summary: 'Tell agents and scripts how to use this program',
    load: async (tree) => (await import('./agent-guide.ts')).agentGuide(tree),
  },
  {
    name: 'completion',
    summary: 'Print a completion script for your shell',
    load: async () => (await import('../completion/completion.ts')).completion,
  },
  {
    name: '__complete',
    summary: 'Complete a command line',
    hidden: true,
    load: async (tree) => (await import('../completion/ask.ts')).ask(tree),
  },
  {
    name: 'version',
    summary: 'Print the version',
    hidden: true,
    load: async () => (await import('./version.ts')).versionCommand,
  },
  {
    name: 'help',
    summary: 'Print the help of a command',
    load: async (tree) => (await import('./help.ts')).help(tree),
  },
];
