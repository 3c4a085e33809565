import { Failure } from '../errors.ts';
import { isLoopback } from '../settings/api-url.ts';
import { type Environment, variable } from '../settings/environment.ts';
import { text } from '../text.ts';

export interface Proxy {
  /** User name and password included. */
  readonly address: URL;
  /** The environment variable that names it. */
  readonly variable: string;
}

/**
 * The proxy on the way to an API address: the one that HTTPS_PROXY or HTTP_PROXY (lower case too) names,
 * unless NO_PROXY excepts the host. This machine is never reached through a proxy.
 *
 * @throws Failure INVALID_CONFIG for a proxy address that is none; its value is not shown, since it may
 *   hold a password
 */
export function proxyFor(apiUrl: URL, environment: Environment): Proxy | undefined {
  if (isLoopback(apiUrl.hostname)) return undefined;
  const proxy = namedProxy(environment, apiUrl.protocol === 'https:' ? HTTPS : HTTP);
  const exceptions = variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY') ?? '';
  return isExcepted(apiUrl, exceptions) ? undefined : proxy;
}

/**
 * Whether NO_PROXY names the host: as `*`, or as itself or a domain above it, with or without a leading
 * dot or `*.`, with or without a port; names are separated by commas or spaces. curl and Go read it so.
 */
function isExcepted(url: URL, noProxy: string): boolean {
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      const [, name = entry, entryPort = port] = /^(.+):(\d+)$/.exec(entry) ?? [];
      const domain = name.replace(/^\*?\./, '');
      const isNamed = url.hostname === domain || url.hostname.endsWith(`.${domain}`);
      return domain !== '' && isNamed && entryPort === port;
    });
}

const HTTP = ['http_proxy', 'HTTP_PROXY'];
const HTTPS = ['https_proxy', 'HTTPS_PROXY'];

function namedProxy(environment: Environment, names: readonly string[]): Proxy | undefined {
  for (const name of names) {
    const value = variable(environment, name);
    if (value === undefined) continue;
    const address = /^\w+:\/\//.test(value) ? value : `http://${value}`;
    if (isProxyAddress(address)) return { variable: name, address: new URL(address) };
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
    // Whoever uses them decodes them, and might fail with the value in its message.
    decodeURIComponent(username + password);
  } catch {
    return false;
  }
  return protocol === 'http:' || protocol === 'https:';
}
