import { Failure } from '../errors.ts';
import { isLoopback } from '../settings/api-url.ts';
import { type Environment, variable } from '../settings/environment.ts';
import { text } from '../text.ts';
import type { Fetch } from './transport.ts';

/**
 * The `fetch` for an API address: the runtime's own, through a proxy where HTTPS_PROXY or HTTP_PROXY
 * (lower case too) asks for one and NO_PROXY does not except the host. This machine is never reached
 * through a proxy. undici is loaded only where there is one.
 *
 * @throws Failure INVALID_CONFIG for a proxy address that is none; its value is not shown, since it may
 *   hold a password
 */
export async function fetchFor(apiUrl: URL, environment: Environment): Promise<Fetch> {
  const direct: Fetch = (url, request) => fetch(url, request);
  if (isLoopback(apiUrl.hostname)) return direct;
  const httpProxy = proxyVariable(environment, 'http_proxy', 'HTTP_PROXY');
  const httpsProxy = proxyVariable(environment, 'https_proxy', 'HTTPS_PROXY');
  if ((apiUrl.protocol === 'https:' ? httpsProxy : httpProxy) === '') return direct;
  const noProxy = variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY') ?? '';
  const { proxyOptions } = await import('./proxy-agent.ts');
  const options = proxyOptions({ httpProxy, httpsProxy, noProxy });
  return (url, request) => fetch(url, { ...request, ...options });
}

function proxyVariable(environment: Environment, ...names: readonly string[]): string {
  for (const name of names) {
    const value = variable(environment, name);
    if (value === undefined) continue;
    const address = /^\w+:\/\//.test(value) ? value : `http://${value}`;
    if (isProxyAddress(address)) return address;
    throw new Failure('INVALID_CONFIG', text`${name} is not the address of an HTTP proxy`, {
      hint: ['Write it like http://proxy.example.com:3128, or unset it.'],
    });
  }
  return '';
}

function isProxyAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, username, password } = new URL(address);
  try {
    // undici decodes them, and would fail with the value in its message.
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return protocol === 'http:' || protocol === 'https:';
}
