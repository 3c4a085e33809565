import { type Operation, requirementOf } from '../permissions/requirements.ts';
import { type Credentials, describeCredentials, shownId } from '../settings/credentials.ts';
import { commandLine } from '../text/command-line.ts';
import { lines, listed, type Text, text, unstyled } from '../text/text.ts';
import { describeSource, type Resolved } from '../values/source.ts';
import type { ApiFailure } from './failures.ts';
import type { ApiRequest } from './transport.ts';

/** A call of the API, and what its 404 means in the words of the official CLI. */
export interface Call extends ApiRequest {
  readonly notFound: Text;
  /** Name of the branch that is made: the answer has to be about it. */
  readonly makes?: string;
  /** What a 404 may mean as well; only a look tells which of them is missing. */
  readonly mayBeMissing?: Readonly<Record<string, string>>;
  /** The call that the user asked for, where this one only prepares it: its access is the one to name. */
  readonly onBehalfOf?: Operation;
}

/** What requests are made with, and where it came from. */
export interface Origin {
  readonly credentials: Credentials;
  readonly organization: Resolved<string> | undefined;
}

/** Adds what the answer does not say: what was looked for, with whose credentials, and what they lack. */
export function explain(failure: ApiFailure, call: Call, origin: Origin): ApiFailure {
  const { credentials } = origin;
  const { status, isForeign } = failure.answer;
  // What somebody else answered says nothing of credentials and what they lack.
  if (isForeign) return failure.with({ hint: FOREIGN });
  if (status === 401) return refusedCredentials(failure, credentials);
  const notFound = lines(call.notFound, ...organizationOrigin(call, origin));
  const message = status === 404 ? { message: notFound } : {};
  if (credentials.kind !== 'service-token' || (status !== 403 && status !== 404))
    return failure.with(message);
  const operation = call.onBehalfOf ?? call.operation;
  if (requirementOf(operation).anyOf.length === 0) return failure.with(message);
  const mend = grantCommand(operation, call.parameters, shownId(credentials.id.value));
  return failure.with({
    ...message,
    hint: lines(accessHint(operation, status), text`Someone allowed to grant it can run: ${mend}`),
    nextSteps: [
      mend,
      commandLine('show-access', shownId(credentials.id.value), '--org', call.parameters.organization ?? ''),
    ],
  });
}

const FOREIGN: Text = text`A firewall, a proxy or the login page of a network may have answered: check the network, the proxy variables and --api-url.`;

/** Where the organization was named, if it is what was not found and nobody typed it just now. */
function organizationOrigin({ parameters }: Call, { organization }: Origin): Text[] {
  const isSubject = Object.keys(parameters).length === 1;
  if (!isSubject || !organization || organization.source.kind === 'flag') return [];
  return [text`It is named by ${describeSource(organization.source)}.`];
}

function refusedCredentials(failure: ApiFailure, credentials: Credentials): ApiFailure {
  const whose = describeCredentials(credentials);
  if (credentials.kind === 'service-token') {
    return failure.with({
      message: text`Authentication failed. Your service token appears to be invalid.`,
      hint: text`The API refused the ${whose}: its secret is wrong, or it has expired or been deleted.`,
    });
  }
  return failure.with({
    message: text`Authentication failed. The access token is invalid or has expired. Please run 'pscale auth login'`,
    hint: text`The API refused the ${whose} with: ${failure.text}`,
  });
}

/**
 * What a service token may lack when it gets 403 or 404. PlanetScale answers 404 for things that a
 * token may not see, so both carry the same advice.
 */
function accessHint(operation: Operation, status: number): Text {
  const { anyOf, published } = requirementOf(operation);
  const shown = anyOf.slice(0, 3);
  const quoted = shown.map((name) => text`'${name}'`);
  const others = anyOf.length - shown.length;
  const last = quoted.length > 1 && others === 0 ? quoted.splice(-1) : [];
  const names = listed([listed(quoted), ...last], text` or `);
  const more = others > 0 ? text` or ${unstyled(others)} others` : text``;
  const needed = published
    ? text`This call needs the access ${names}${more}.`
    : text`PlanetScale does not publish which access this call needs; ${names} is likely.`;
  const why: Text =
    status === 403
      ? text`Note: you are using a service token, and it does not have the access this call needs.`
      : text`Note: you are using a service token. If this exists, the token may lack the access to see it: the API answers both the same way.`;
  return operation === GRANT ? lines(why, needed, PASSING_ON) : lines(why, needed);
}

const GRANT: Operation = 'POST /organizations/{organization}/service-tokens/{id}/access';
/** As PlanetScale's documentation says of users, too. */
const PASSING_ON: Text = text`And a token can give only accesses that it holds itself, on the same resource.`;

/** The command that gives this very token what the call needs; for somebody who may grant it. */
function grantCommand(
  operation: Operation,
  parameters: Readonly<Record<string, string>>,
  tokenId: string,
): string {
  const [access = ''] = requirementOf(operation).anyOf;
  const { database, organization = '' } = parameters;
  const scope = database === undefined ? ['--organization-level'] : ['--database', database];
  return commandLine('add-access', tokenId, access, ...scope, '--org', organization);
}
