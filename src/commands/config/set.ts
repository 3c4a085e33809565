import { command } from '../../cli/command.ts';
import { optionalArgument } from '../../cli/declaration.ts';
import type { Context } from '../../context.ts';
import { readAll } from '../../output/io.ts';
import { holdsSecret } from '../../settings/redaction.ts';
import { Failure } from '../../text/errors.ts';
import { text } from '../../text/text.ts';
import { changeSetting } from './change.ts';
import { checkValue, configTarget, KEY, type Key, PROJECT } from './keys.ts';

const VALUE = optionalArgument('value', 'Its value; for a secret, leave it out', (word) => word);

export const configSet = command({
  name: 'set',
  alsoChanges: 'the configuration file',
  description:
    'Set a setting in the configuration file that counts; comments and the order of its keys stay. A secret is asked for, or read from stdin, and is never part of the command line.',
  manner: 'diagnosis',
  reads: ['config', 'format'],
  arguments: { key: KEY, value: VALUE },
  flags: { project: PROJECT },
  examples: [
    ['config set org acme', 'No --org from now on'],
    ['config set service-token', 'Asks for the secret, and shows nothing of it', 'asks in a terminal'],
  ],
  run: async ({ key, value, project }, context) => {
    if (key.isSecret && value !== undefined) throw secretInSight(key);
    if (value !== undefined && holdsSecret(value)) throw secretInSight(key);
    // Before anybody types a secret.
    configTarget(project, context, key);
    const given = key.isSecret ? await secretFor(key, context) : value;
    if (given === undefined) {
      throw new Failure('INVALID_USAGE', text`a value for ${key.key} is missing`, {
        hint: text`Use: config set ${key.key} <value>. To remove the setting, use config unset.`,
      });
    }
    checkValue(key, given);
    return changeSetting(key, given, project, context);
  },
});

function secretInSight({ key }: Key): Failure {
  return new Failure('INVALID_USAGE', text`a secret on the command line ends up in the shell's history`, {
    hint: text`Nothing was changed. Use config set ${key}, which asks for it, or give it on stdin.`,
  });
}

/** Bytes. */
const LONGEST_SECRET = 16_384;

async function secretFor({ key }: Key, context: Context): Promise<string> {
  const { io, interruption } = context;
  if (io.interactive) return (await (await context.prompter()).askSecret(text`${key} (not shown):`)).trim();
  if ('isTTY' in io.stdin && io.stdin.isTTY) {
    throw new Failure('TTY_REQUIRED', text`stderr is not a terminal, so the secret cannot be asked for`, {
      hint: text`Give it on stdin, from a pipe or a file.`,
    });
  }
  const content = await readAll(io.stdin, LONGEST_SECRET, interruption.signal);
  if (content === undefined) throw new Failure('INVALID_USAGE', text`stdin holds more than a secret`);
  return content.replace(/\r?\n$/, '');
}
