import type { Variables } from './runner.ts';

/** What stands in a workflow for a flag or a variable. */
const INPUTS: Readonly<Record<string, string>> = {
  '--access': 'access',
  '--ttl': 'ttl',
  '--cidrs': 'cidrs',
  '--org': 'organization',
  '--api-url': 'api-url',
  '--service-token-id': 'service-token-id',
  '--service-token': 'service-token',
  PLANETSCALE_ORG: 'organization',
  PLANETSCALE_API_URL: 'api-url',
  PLANETSCALE_SERVICE_TOKEN_ID: 'service-token-id',
  PLANETSCALE_SERVICE_TOKEN: 'service-token',
};

const NAMES = /(?<![\w-])(?:--[a-z][a-z-]*|PLANETSCALE_[A-Z_]+)(?![\w-])/g;
/** A flag that has no input, in parentheses, at the end of a sentence, and anywhere. */
const ASIDE = / *\([^()]*(?<![\w-])--[a-z][^()]*\)/g;
const OTHERWISE = /, or [^.,]*(?<![\w-])--[a-z][^.]*/g;
const FLAG = /(?<![\w-])--[a-z]/;
/** What is true at a shell only. */
const AT_A_SHELL =
  /Perhaps a shell variable is empty\.|Quote it, so that the shell leaves it alone\.|0 means that the token does not expire\./;
const COMMAND = /pscale-service-token [a-z]/;

/**
 * What the program says, in the words of a workflow: flags and variables become inputs, and advice that a workflow
 * cannot follow is left out. Lines that hold a command stay as they are.
 *
 * @param env of the step: a variable that it sets, with no input in its place, is named as the variable that it is
 */
export function inWordsOfInputs(message: string, env: Variables): string {
  const isInput = (name: string, input: string): boolean =>
    name.startsWith('--') || !env[name] || Boolean(env[`INPUT_${input.toUpperCase()}`]?.trim());
  const said = (line: string): string | undefined => {
    if (COMMAND.test(line)) return line;
    const named = line.replace(NAMES, (name) => {
      const input = INPUTS[name];
      return input !== undefined && isInput(name, input) ? `input ${input}` : name;
    });
    const sentences = named
      .replace(ASIDE, '')
      .replace(OTHERWISE, '')
      .split(/(?<=\.) /);
    const kept = sentences.filter((sentence) => !FLAG.test(sentence) && !AT_A_SHELL.test(sentence));
    return kept.length === 0 && line !== '' ? undefined : kept.join(' ');
  };
  return message
    .split('\n')
    .map(said)
    .filter((line) => line !== undefined)
    .join('\n');
}
