import { refuseSecret } from '../../api/path.ts';
import type { CreatedServiceToken } from '../../api/schemas.ts';
import { command } from '../../cli/command.ts';
import { optionalArgument, switchFlag } from '../../cli/declaration.ts';
import { type Outcome, shownAlready } from '../../cli/outcome.ts';
import type { Context } from '../../context.ts';
import { openHandOver, type TokenView } from '../../delivery/hand-over.ts';
import { making } from '../../delivery/making.ts';
import { ACCESS } from '../../flags/access.ts';
import { expiryFlags } from '../../flags/expiry.ts';
import { nameFlag } from '../../flags/name.ts';
import { CIDRS } from '../../flags/networks.ts';
import { PLACE, type Place } from '../../flags/place.ts';
import { findPermission } from '../../permissions/catalogue.ts';
import { commandLine, shellWord } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { type Text, text, toned } from '../../text/text.ts';
import { type IssuedToken, issueToken, type TokenPlan } from '../../tokens/issue-token.ts';
import { accessToGrant } from '../../tokens/settled-access.ts';
import { tokenVariables } from '../../values/token-variables.ts';
import { issuedTokenView, labelOf, newTokenView } from '../../views/tokens.ts';
import { lookForNamesakes, notesOn } from './notes.ts';

const NAME_ARGUMENT = optionalArgument('name', 'The same as --name', parseNameArgument);

export const create = command({
  name: 'create',
  description:
    'Create a service token, with its permissions in the same step: if one cannot be granted, the token is rolled back. Its secret is displayed once.',
  arguments: { named: NAME_ARGUMENT },
  flags: {
    name: nameFlag('A label for people, shown by list'),
    access: ACCESS,
    expiry: expiryFlags('0, the default: never'),
    cidrs: CIDRS,
    place: PLACE,
    interactive: switchFlag('-i, --interactive', 'Ask for what is not given, in a terminal'),
  },
  changes: true,
  examples: [
    [
      'create --name ci-deploy --access shop=read_branch,create_branch --ttl 30d',
      'A token for a CI pipeline, for one database and a month',
    ],
    ['create --name tryout --ttl 1h -e .env', 'One for an hour, its secret in .env only'],
  ],
  run: async ({ named, name: flagged, access, expiry, cidrs, place, interactive }, context) => {
    if (named !== undefined && flagged !== undefined) {
      throw new Failure('INVALID_USAGE', text`the name is given twice: ${named} and --name`);
    }
    const name = flagged ?? named;
    if (interactive) {
      const { askForPlan, sameWithoutQuestions } = await import('./interactively.ts');
      const asked = await askForPlan({ name, expiry, cidrs, access }, place, context);
      const outcome = await carryOut(asked.plan, asked.place, viewForShell, context);
      const { name: organization } = await context.organization();
      const same = sameWithoutQuestions(asked.plan, asked.place, organization, context.flags.format);
      return { ...outcome, notes: [...outcome.notes, text`The same without questions: ${same}`] };
    }
    const granted = await accessToGrant(access, await context.organization(), context);
    const plan = { name: name || undefined, ...expiry, cidrs, access: granted };
    return carryOut(plan, place, viewWithNextStep, context, (token) => notesOn(token, name, context));
  },
});

/** A name by itself; a permission there is one that has lost its `--access`. @throws Failure INVALID_USAGE */
function parseNameArgument(word: string): string {
  refuseSecret(word, 'token name');
  if (word === '') {
    throw new Failure('INVALID_USAGE', text`the name is empty`, {
      hint: text`Perhaps a shell variable is empty. To create a token without a name, leave it out.`,
    });
  }
  if (!word.includes('=') && findPermission(word.split(',')[0] ?? '') === undefined) return word;
  throw new Failure('INVALID_USAGE', text`${word} is a permission, not a name`, {
    hint: text`Use --access ${word}. To use it as a name, add --name.`,
  });
}

async function carryOut(
  plan: TokenPlan,
  place: Place,
  viewOf: (organization: string) => TokenView,
  context: Context,
  notesOf: (token: CreatedServiceToken) => readonly Text[] = () => [],
): Promise<Outcome> {
  const organization = await context.organization();
  const handOver = await openHandOver(plan, place, context, viewOf(organization.name));
  try {
    const namesakes = lookForNamesakes(plan.name, organization, context);
    const issued = await issueToken(plan, organization, making(organization, context), handOver);
    const failure = (await handOver.announce(issued)) ?? issued.unconfirmed;
    const { token } = issued;
    return shownAlready(failure, [...notesOf(token), ...(await namesakes(token.id))]);
  } finally {
    await handOver.close();
  }
}

/** A new token, and for one without permissions how it gets some. */
function viewWithNextStep(organization: string): TokenView {
  return (issued, delivered) => {
    if (issued.held.length > 0 || issued.unconfirmed)
      return issuedTokenView(issued, delivered, created(issued, organization));
    const grant = commandLine(
      'add-access',
      issued.token.id,
      '<access>',
      '--database',
      '<database>',
      '--org',
      organization,
    );
    const advice = [text`Grant it permissions with: ${grant}`];
    return {
      result: newTokenView(issued.token, delivered, { before: created(issued, organization), advice }),
      notes: [],
    };
  };
}

/** A new token for somebody at a terminal, who may want to use it at once. */
function viewForShell(organization: string): TokenView {
  return (issued, delivered) => {
    const exports = [...tokenVariables(issued.token)].map(
      ([name, value]) => text`${`export ${name}=${shellWord(value)}`}`,
    );
    const advice = delivered ? [] : [text`To use it in this shell:\n`, ...exports];
    return issuedTokenView(issued, delivered, created(issued, organization), advice);
  };
}

function created({ token }: IssuedToken, organization: string): Text {
  return text`Service token ${labelOf(token)} ${toned('done', 'was created')} in organization ${organization}.`;
}
