import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import type { TokenPair } from './sink.ts';
import { refuseControlCharacters, tokenVariables, type VariableNames } from './token-variables.ts';

/** How a token is handed to a command that stores it, each in the words that help uses. */
export const PIPE_FORMS = {
  dotenv: 'two lines NAME=value',
  json: 'one object of both variables',
  pair: '<id>:<secret>',
  secret: 'the secret alone',
} as const;

export type PipeForm = keyof typeof PIPE_FORMS;

/** What no two readers of such files take for anything else than it is, without quotes. */
const PLAIN = /^[A-Za-z0-9._~+/=-]*$/;

/**
 * What a command is given to read. Only lines end with a line break: a store keeps every byte.
 *
 * @throws Failure COMMAND_FAILED for a token that would be read as something else
 */
export function pipeInput(form: PipeForm, pair: TokenPair, names?: VariableNames): string {
  const variables = tokenVariables(pair, names);
  refuseControlCharacters(variables);
  switch (form) {
    case 'dotenv':
      for (const [name, value] of variables) {
        if (PLAIN.test(value)) continue;
        throw new Failure(
          'COMMAND_FAILED',
          text`the value of ${name} would have to be quoted in an env file`,
        );
      }
      return [...variables].map(([name, value]) => `${name}=${value}\n`).join('');
    case 'json':
      return JSON.stringify(Object.fromEntries(variables));
    case 'pair':
      return `${pair.id}:${pair.token}`;
    case 'secret':
      return pair.token;
  }
}
