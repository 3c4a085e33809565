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
  const isHttps = apiUrl.protocol === 'https:';
  const proxy = proxyVariable(environment, isHttps ? HTTPS : HTTP);
  if (!proxy) return direct;
  const noProxy = variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY') ?? '';
  const { proxyOptions } = await import('./proxy-agent.ts');
  const options = proxyOptions({
    httpProxy: isHttps ? '' : proxy.address,
    httpsProxy: isHttps ? proxy.address : '',
    noProxy,
  });
  return (url, request) => fetch(url, { ...request, ...options });
}

/**
 * The proxy that the environment names for an API address, without user name and password, and the
 * variable it comes from; NO_PROXY may still except the host.
 *
 * @throws Failure INVALID_CONFIG
 */
export function describeProxy(
  apiUrl: URL,
  environment: Environment,
): { variable: string; host: string } | undefined {
  if (isLoopback(apiUrl.hostname)) return undefined;
  const proxy = proxyVariable(environment, apiUrl.protocol === 'https:' ? HTTPS : HTTP);
  return proxy && { variable: proxy.name, host: new URL(proxy.address).host };
}

const HTTP = ['http_proxy', 'HTTP_PROXY'];
const HTTPS = ['https_proxy', 'HTTPS_PROXY'];

function proxyVariable(
  environment: Environment,
  names: readonly string[],
): { name: string; address: string } | undefined {
  for (const name of names) {
    const value = variable(environment, name);
    if (value === undefined) continue;
    const address = /^\w+:\/\//.test(value) ? value : `http://${value}`;
    if (isProxyAddress(address)) return { name, address };
    throw new Failure('INVALID_CONFIG', text`${name} is not the address of an HTTP proxy`, {
      hint: ['Write it like http://proxy.example.com:3128, or unset it.'],
    });
  }
  return undefined;
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
