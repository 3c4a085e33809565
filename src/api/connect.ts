import { version } from '../../package.json';
import {
  authorizationHeader,
  type Credentials,
  chooseCredentials,
  secretsOf,
} from '../settings/credentials.ts';
import type { Settings } from '../settings/resolve.ts';
import { PROGRAM } from '../text/command-line.ts';
import { type Text, text } from '../text/text.ts';
import type { ApiTime } from '../values/api-time.ts';
import type { Clock } from '../values/clock.ts';
import { type Environment, variable } from '../values/environment.ts';
import { Client } from './client.ts';
import { openHttp } from './http.ts';
import { proxyFor } from './proxy.ts';
import type { Rehearsal } from './rehearsal.ts';
import { createTransport, type Exchange, type Transport } from './transport.ts';

export { organizationOf } from './organization.ts';

export interface Connection {
  readonly environment: Environment;
  readonly clock: Clock;
  /** Told the time by every answer; one for all connections of a run. */
  readonly time: ApiTime;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Ends what is in flight, with its reason. */
  readonly signal: AbortSignal;
  readonly observe: (exchange: Exchange) => void;
  readonly warn: (warning: Text) => void;
  /** Told of the secrets in use before the first request. */
  readonly keepSecret: (secrets: readonly string[]) => void;
  /** Keeps what would change something, instead of sending it. */
  readonly rehearsal?: Rehearsal | undefined;
  /** The organization of a token that was made just now, or would have been. */
  readonly newIn?: string;
}

/** A client for the settings in force. @throws Failure NO_AUTH, INVALID_CONFIG */
export async function connect(settings: Settings, connection: Connection): Promise<Client> {
  const credentials = await chooseCredentials(settings.candidates, connection.environment, connection);
  return connectAs(credentials, settings, connection);
}

/** A client that authenticates with given credentials. @throws Failure INVALID_CONFIG */
export async function connectAs(
  credentials: Credentials,
  settings: Settings,
  connection: Connection,
): Promise<Client> {
  const { environment, clock, time, random, signal, observe } = connection;
  connection.keepSecret(secretsOf(credentials));
  const baseUrl = settings.apiUrl.value;
  const http = await openHttp({ origin: baseUrl, proxy: proxyFor(baseUrl, environment)?.address });
  const real = createTransport({
    baseUrl,
    authorization: authorizationHeader(credentials),
    userAgent: `${PROGRAM}/${version}`,
    timeout: settings.timeout.value,
    send: http.send,
    clock,
    time,
    random,
    signal,
    observe,
  });
  const { rehearsal, newIn } = connection;
  const transport = rehearsal?.transport(real, baseUrl, newIn) ?? forgetting(real, baseUrl, environment);
  const origin = { credentials, organization: settings.organization };
  return new Client(transport, origin, signal, connection.warn, time, http.close);
}

/** Whatever may have changed names, also where its answer was lost, makes completion ask for them anew. */
function forgetting(send: Transport, apiUrl: URL, environment: Environment): Transport {
  return async (request) => {
    if (request.operation.startsWith('GET ')) return send(request);
    try {
      return await send(request);
    } finally {
      const { forgetNames } = await import('./name-cache.ts');
      forgetNames({ apiUrl, organization: request.parameters.organization ?? '' }, environment);
    }
  };
}

/** What the runtime would obey, and this program does not; to be told before the first request. */
export function ignoredVariables(environment: Environment): Text[] {
  return variable(environment, 'NODE_TLS_REJECT_UNAUTHORIZED') === '0'
    ? [text`NODE_TLS_REJECT_UNAUTHORIZED=0 is ignored: certificates are always checked.`]
    : [];
}
