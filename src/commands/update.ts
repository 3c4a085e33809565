import type { Organization } from '../api/organization.ts';
import { command } from '../cli/command.ts';
import { switchFlag } from '../cli/declaration.ts';
import { showing } from '../cli/outcome.ts';
import type { Context } from '../context.ts';
import { NEW_END, NEW_NAME, refuseMoment } from '../flags/changes.ts';
import type { NewEnd } from '../flags/expiry.ts';
import { NEW_RESTRICTION, type Restriction } from '../flags/networks.ts';
import { OPTIONAL_TOKEN, refuseTokenInUse, SELF } from '../flags/token.ts';
import { Failure } from '../text/errors.ts';
import { lines, listed, type Text, text, toned } from '../text/text.ts';
import { namedOrChosen } from '../tokens/token-choice.ts';
import { warnOfOtherEnd } from '../tokens/token-end.ts';
import { changeToken, resolveTokenId } from '../tokens/token-lookup.ts';
import { type TokenUpdate, updateToken } from '../tokens/update-token.ts';
import { tokenDetail } from '../views/tokens.ts';

export const update = command({
  name: 'update',
  description:
    'Change the name, the expiry or the IP restrictions of a service token. What is not given stays as it is.',
  arguments: { token: OPTIONAL_TOKEN },
  flags: {
    name: NEW_NAME,
    end: NEW_END,
    restriction: NEW_RESTRICTION,
    yes: switchFlag('-y, --yes', 'Do not ask before removing IP restrictions'),
    self: SELF,
  },
  changes: true,
  examples: [
    ['update k3j9x0q2m7ab --name ci-deploy --ttl 30d', 'A better name, and a month from now'],
    ['update name:ci-deploy --cidrs 203.0.113.0/24', 'Accepted from one network only'],
  ],
  run: async ({ token: named, name, end, restriction, yes, self }, context) => {
    const cidrs = restriction && (restriction.kind === 'none' ? [] : restriction.networks);
    const change: TokenUpdate = { name, end, cidrs };
    if (name === undefined && end === undefined && cidrs === undefined) {
      throw new Failure('INVALID_USAGE', text`update needs at least one change`, {
        hint: text`Use --name, --ttl, --expires-at, --no-expiry or --cidrs.`,
      });
    }
    const token = await namedOrChosen(named, context);
    const organization = await context.organization();
    const id = await resolveTokenId(token, organization, context);
    if (end?.kind === 'at') refuseMoment(end.time, await organization.now());
    await refuseHarmToTokenInUse(id, change, self, organization);
    if (isUnsaid(restriction) && !yes) await confirmWidening(id, organization, context);
    context.progress.start(text`Updating service token ${id} in org ${organization.name}`);
    const updated = await changeToken(token, organization, () =>
      updateToken(organization, id, change, context),
    );
    if (end?.kind === 'at') warnOfOtherEnd(updated, end.time, context);
    const before = text`Service token ${id} ${toned('done', 'was updated')}: ${listed(changed(change))}.`;
    return showing(tokenDetail({ ...updated, grants: undefined }, before));
  },
});

function changed({ name, end, cidrs }: TokenUpdate): string[] {
  return [
    ...(name === undefined ? [] : ['its name']),
    ...(end === undefined ? [] : ['its expiry']),
    ...(cidrs === undefined ? [] : ['its IP restrictions']),
  ];
}

/**
 * Refuses to restrict the token that requests are made with, or to shorten its life: what runs next could be
 * locked out. An end is no harm only where the present one is known to come sooner.
 *
 * @throws Failure INVALID_USAGE
 */
async function refuseHarmToTokenInUse(
  id: string,
  { end, cidrs = [] }: TokenUpdate,
  self: boolean,
  organization: Organization,
): Promise<void> {
  if (self || organization.tokenInUse?.value !== id) return;
  const mayShorten = end !== undefined && end.kind !== 'never';
  if (cidrs.length === 0 && !mayShorten) return;
  if (cidrs.length === 0 && mayShorten && (await isExtension(id, end, organization))) return;
  refuseTokenInUse(id, organization, self);
}

async function isExtension(id: string, end: NewEnd, { tokens }: Organization): Promise<boolean> {
  if (end.kind === 'never') return true;
  try {
    const { value: token, date } = await tokens.look(id);
    if (token.expires_at === null) return false;
    // The API counts from its own clock; where it does not tell the time, nothing is shown to be later.
    const time = end.kind === 'at' ? end.time : (date ?? Number.NaN) + end.seconds * 1_000;
    return time >= Date.parse(token.expires_at);
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') return false;
    throw failure;
  }
}

/** An empty list alone, as of a shell variable that is not set. */
function isUnsaid(restriction: Restriction | undefined): boolean {
  return restriction?.kind === 'none' && !restriction.isSaid;
}

/** @throws Failure CONFIRMATION_REQUIRED off a terminal, CANCELLED; nothing has been sent to change it */
async function confirmWidening(id: string, organization: Organization, context: Context): Promise<void> {
  context.progress.start(text`Fetching service token ${id} from org ${organization.name}`);
  const present = await restrictionOf(id, organization);
  if (present === 'none') return;
  if (!context.io.interactive) {
    throw new Failure(
      'CONFIRMATION_REQUIRED',
      text`--cidrs "" would allow service token ${id} from any address; ${present}`,
      { hint: text`Perhaps a shell variable is empty. To do it anyway, use --unrestricted.` },
    );
  }
  const prompter = await context.prompter();
  const question = text`Allow it from any address?`;
  if (await prompter.confirm(lines(text`Service token ${id}: ${present}.`, question))) return;
  throw new Failure('CANCELLED', text`service token ${id} was not changed`);
}

/** What a token is restricted to, in words; `none` where it is known to be accepted from everywhere. */
async function restrictionOf(id: string, { tokens }: Organization): Promise<'none' | Text> {
  try {
    const { cidrs } = await tokens.get(id);
    if (cidrs === undefined) return text`the API does not show its IP restrictions`;
    return cidrs === null || cidrs.length === 0 ? 'none' : text`it is restricted to ${cidrs.join(', ')}`;
  } catch (failure) {
    if (failure instanceof Failure && failure.code === 'FORBIDDEN') {
      return text`its IP restrictions cannot be read`;
    }
    throw failure;
  }
}
