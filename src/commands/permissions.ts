import { command } from '../cli/command.ts';
import { argumentList, valueFlag } from '../cli/declaration.ts';
import { type Outcome, showing } from '../cli/outcome.ts';
import { parseTokenReference } from '../flags/token.ts';
import { findOperations, searchPermissions } from '../permissions/search.ts';
import { Failure } from '../text/errors.ts';
import { type Text, text } from '../text/text.ts';
import { showingAbilities } from '../tokens/showing-abilities.ts';
import { permissionList, requirementList } from '../views/permissions.ts';

export const permissions = command({
  name: 'permissions',
  description:
    'Look up the permissions a token can have, which of them an operation needs, or what a token can do.',
  arguments: {
    words: argumentList('word', 'Words that a permission has to match', 'any number', (words) => words),
  },
  flags: {
    operation: valueFlag(
      '--for <operation>',
      'Which permissions allow this: words such as "create a branch", or an API call',
      (operation) => operation,
    ),
    token: valueFlag(
      '--of <token-id>',
      'What this token can do; also name:<its exact name>',
      parseTokenReference,
      { completes: 'token' },
    ),
  },
  examples: [
    ['permissions --for create_branch', 'Which permissions allow creating a branch? Any one of them'],
    ['permissions --of k3j9x0q2m7ab', 'What can this token do, and where?'],
  ],
  run: async ({ words, operation, token }, context) => {
    const questions = [words.length > 0, operation !== undefined, token !== undefined].filter(Boolean);
    if (questions.length > 1) {
      throw new Failure('INVALID_USAGE', text`Use only one of: words, --for, --of.`);
    }
    if (operation !== undefined) return requiredFor(operation);
    if (token !== undefined) return showingAbilities(token, context);
    return showing(permissionList(searchPermissions(words)));
  },
});

function requiredFor(operation: string): Outcome {
  const found = findOperations(operation);
  if (found.length === 0) {
    throw new Failure('INVALID_USAGE', text`no operation matches ${operation}`, {
      hint: text`Use one such as "create a branch", "branch create", "deploy request", create_branch or "POST …/branches".`,
    });
  }
  const notes: Text[] = found.every(({ published }) => published) ? [] : [LIKELY_NOTE];
  return showing(requirementList(found), { notes });
}

const LIKELY_NOTE: Text = text`Note: PlanetScale does not publish what some of these need; the permissions given are the likely ones.`;
