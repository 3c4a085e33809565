import { proxyFor } from '../../api/proxy.ts';
import { installationsOf } from '../../children/installations.ts';
import type { Context } from '../../context.ts';
import { displayPath } from '../../files/paths.ts';
import { type Credentials, shownId } from '../../settings/credentials.ts';
import { readIfPresent, shadowedProjectFile } from '../../settings/files.ts';
import { lastFour } from '../../settings/redaction.ts';
import type { Settings } from '../../settings/resolve.ts';
import { commandLine, PROGRAM } from '../../text/command-line.ts';
import { Failure } from '../../text/errors.ts';
import { listed, type Text, text, unstyled } from '../../text/text.ts';
import { describeDuration } from '../../values/duration.ts';
import { type Environment, variable } from '../../values/environment.ts';
import { describeSource, type Resolved } from '../../values/source.ts';
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
  if (settings.noReveal) {
    const source = describeSource(settings.noReveal.source);
    findings.push(pass('no reveal', text`secrets are not printed (${source})`));
  }
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
  findings.push(proxyFinding(settings, context), ...certificateFindings(context.environment));
  findings.push(...installationFindings(context.environment));
  return { findings, settings, credentials };
}

/** Places of configuration files that this user or this process does not have, and one that does not count. */
function missingPlaces(environment: Environment): Text[] {
  const { home, workingDirectory } = environment;
  const shadowed = shadowedProjectFile(environment);
  return [
    ...(shadowed === undefined
      ? []
      : [
          text`${displayPath(shadowed, environment)} is ignored: the project file is the one of the git root`,
        ]),
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
    mend: text`Name an organization: ${commandLine('config', 'set', 'org', '<organization>')}`,
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

function proxyFinding(settings: Settings, context: Context): Finding {
  try {
    const proxy = proxyFor(settings.apiUrl.value, context.environment);
    return pass('proxy', proxy ? text`${proxy.address.host} (${proxy.variable})` : text`none`);
  } catch (error) {
    return failed('proxy', error);
  }
}

/** Variables that name files of further certificate authorities, and who reads them if not every build. */
const CERTIFICATE_FILES = [
  ['NODE_EXTRA_CA_CERTS', text``],
  ['SSL_CERT_FILE', text`, which the standalone executable alone reads`],
] as const;

function certificateFindings(environment: Environment): Finding[] {
  const check = 'certificates';
  const findings = CERTIFICATE_FILES.flatMap(([name, readBy]): Finding[] => {
    const path = variable(environment, name);
    if (path === undefined) return [];
    const named = text`${path} (${unstyled(name)}${readBy})`;
    const holds = holdsCertificate(path, environment);
    if (holds === undefined) return [warn(check, text`${named} could not be looked at`)];
    return [holds ? pass(check, named) : warn(check, text`${named} has no certificate: it has no effect`)];
  });
  return findings.length > 0 ? findings : [pass(check, text`the runtime's own`)];
}

/** Undefined where nobody can tell. */
function holdsCertificate(path: string, environment: Environment): boolean | undefined {
  try {
    return readIfPresent(path, environment)?.content.includes('-----BEGIN CERTIFICATE-----') ?? false;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return undefined;
  }
}

function installationFindings(environment: Environment): Finding[] {
  const [first, ...others] = installationsOf(PROGRAM, environment);
  if (first === undefined || others.length === 0) return [];
  return [warn('installation', text`${first} is the one that runs; PATH has another: ${listed(others)}`)];
}
