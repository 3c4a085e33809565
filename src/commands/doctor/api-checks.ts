import type { Client } from '../../api/client.ts';
import type { Context } from '../../context.ts';
import type { Credentials } from '../../settings/credentials.ts';
import { Failure } from '../../text/errors.ts';
import { listed, type Text, text } from '../../text/text.ts';
import { type ApiTime, describeDifference, NOTABLE_DIFFERENCE } from '../../values/api-time.ts';
import { grantRows } from '../../views/grants.ts';
import { type Finding, failed, pass, warn } from './finding.ts';

/** What the API says to these credentials. Everything is read, nothing is changed. */
export async function checkApi(
  organization: string | undefined,
  credentials: Credentials,
  context: Context,
): Promise<Finding[]> {
  let client: Client;
  try {
    client = await context.client();
  } catch (error) {
    return [failed('API', error)];
  }
  let visible: string[];
  try {
    visible = (await client.listOrganizations()).map(({ name }) => name);
  } catch (error) {
    const refused = error instanceof Failure && error.code === 'AUTH_INVALID';
    const reachable = pass('API reachable', text`it answers`);
    return refused ? [reachable, failed('credentials accepted', error)] : [failed('API reachable', error)];
  }
  const findings = [
    pass('API reachable', text`it answers`),
    pass('credentials accepted', text`they are`),
    clockFinding(context.time),
  ];
  if (organization === undefined) return findings;
  findings.push(visibility(organization, visible));
  return [...findings, await tokenManagement(organization, credentials, client)];
}

function visibility(organization: string, visible: readonly string[]): Finding {
  const check = 'organization visible';
  if (visible.includes(organization)) return pass(check, text`${organization} is`);
  const others: Text = visible.length === 0 ? text`none` : listed(visible);
  const detail = text`${organization} is not; these credentials see: ${others}`;
  const mend =
    visible.length === 0
      ? text`Use credentials of organization ${organization}.`
      : text`Name an organization that these credentials see with --org: ${others}`;
  return { check, status: 'fail', detail, mend };
}

/** This machine's clock beside the API's. */
function clockFinding({ ahead }: ApiTime): Finding {
  if (ahead === undefined) return warn('clock', text`not compared: the API's answers do not tell the time`);
  if (Math.abs(ahead) <= NOTABLE_DIFFERENCE) return pass('clock', text`agrees with the API's`);
  return warn(
    'clock',
    text`this machine's clock is ${describeDifference(ahead)} the API's: the API's time is used`,
  );
}

const MANAGING = ['read_service_tokens', 'write_service_tokens', 'delete_service_tokens'];

/** Whether tokens may be listed, and, where the token may look at itself, what else it may do with tokens. */
async function tokenManagement(
  organization: string,
  credentials: Credentials,
  client: Client,
): Promise<Finding> {
  const check = 'service tokens';
  try {
    await client.listServiceTokens(organization);
  } catch (error) {
    return failed(check, error, 'warn');
  }
  if (credentials.kind === 'user') return pass(check, text`may be listed; the rest is up to your role`);
  try {
    const grants = grantRows(await client.listGrants(organization, credentials.id.value));
    const held = grants
      .filter((grant) => grant.resource_type === 'Organization')
      .flatMap((grant) => grant.accesses);
    const missing = MANAGING.filter((access) => !held.includes(access));
    if (missing.length === 0) return pass(check, text`may be listed, made, changed and deleted`);
    return warn(check, text`may be listed; this token does not hold ${listed(missing)}`);
  } catch (error) {
    if (!(error instanceof Failure) || error.code === 'INTERRUPTED') throw error;
    return pass(check, text`may be listed; what else this token may do cannot be seen`);
  }
}
