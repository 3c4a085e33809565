import { proxyFor } from '../../api/proxy.ts';
import type { Context } from '../../context.ts';
import { describeDuration } from '../../duration.ts';
import { type Credentials, shownId } from '../../settings/credentials.ts';
import type { Environment } from '../../settings/environment.ts';
import type { Settings } from '../../settings/resolve.ts';
import { describeSource, type Resolved } from '../../settings/source.ts';
import { type Text, text } from '../../text.ts';
import { type Finding, failed, pass, warn } from './finding.ts';

/** What can be told without a request, and what the other checks need of it. */
export interface LocalState {
  readonly findings: readonly Finding[];
  readonly settings: Settings | undefined;
  readonly credentials: Credentials | undefined;
}

/** Settings, files and credentials: which are in force, where each comes from, and what is wrong with them. */
export async function checkLocally(context: Context): Promise<LocalState> {
  let settings: Settings;
  try {
    settings = await context.settings();
  } catch (error) {
    return { findings: [failed('settings', error)], settings: undefined, credentials: undefined };
  }
  const findings: Finding[] = [
    organizationFinding(settings),
    pass('API URL', addressInForce(settings)),
    pass('format', inForce(settings.format.value, settings.format)),
    pass('timeout', inForce(describeDuration(settings.timeout.value), settings.timeout)),
  ];
  if (settings.ambientDatabase) {
    findings.push(warn('database', ambient(settings.ambientDatabase)));
  }
  const warnings: Text[] = [...settings.warnings, ...missingPlaces(context.environment)];
  let credentials: Credentials | undefined;
  try {
    const chosen = await context.credentials();
    credentials = chosen.credentials;
    warnings.push(...chosen.warnings);
    findings.push(pass('credentials', describeWithoutSecret(credentials)));
  } catch (error) {
    findings.push(failed('credentials', error));
  }
  findings.push(
    ...(warnings.length === 0
      ? [pass('files', text`no problems`)]
      : warnings.map((warning) => warn('files', warning))),
  );
  findings.push(proxyFinding(settings, context));
  return { findings, settings, credentials };
}

/** Places of configuration files that this user or this process does not have. */
function missingPlaces({ home, workingDirectory }: Environment): Text[] {
  return [
    ...(home === undefined
      ? [
          text`no home directory (HOME is empty or relative, or unset without a passwd entry): user files are ignored`,
        ]
      : []),
    ...(workingDirectory === undefined
      ? [text`the working directory does not exist: there is no project file`]
      : []),
  ];
}

function organizationFinding({ organization }: Settings): Finding {
  if (organization) return pass('organization', inForce(organization.value, organization));
  return {
    check: 'organization',
    status: 'fail',
    detail: text`none given: name it with --org or PLANETSCALE_ORG`,
  };
}

function addressInForce({ apiUrl, isVersionDropped }: Settings): Text {
  const inUse = inForce(apiUrl.value.href, apiUrl);
  return isVersionDropped ? text`${inUse}; its /v1 was dropped, because every request adds it` : inUse;
}

function inForce(value: string, { source }: Resolved<unknown>): Text {
  return text`${value} (${describeSource(source)})`;
}

function ambient(database: Resolved<string>): Text {
  return text`${database.value} (${describeSource(database.source)}): add-access and delete-access need an explicit scope`;
}

/** The credentials with the last four characters of what is secret: enough to tell two apart. */
function describeWithoutSecret(credentials: Credentials): Text {
  if (credentials.kind === 'user') {
    const { token } = credentials;
    return text`user access token …${lastFour(token.value)} (${describeSource(token.source)})`;
  }
  const { id, secret } = credentials;
  return text`service token ${shownId(id.value)} (${describeSource(id.source)}), secret …${lastFour(secret.value)} (${describeSource(secret.source)})`;
}

function lastFour(secret: string): string {
  // Of a short one that would be most of it.
  return secret.length >= 12 ? secret.slice(-4) : '';
}

function proxyFinding(settings: Settings, context: Context): Finding {
  try {
    const proxy = proxyFor(settings.apiUrl.value, context.environment);
    return pass('proxy', proxy ? text`${proxy.address.host} (${proxy.variable})` : text`none`);
  } catch (error) {
    return failed('proxy', error);
  }
}
