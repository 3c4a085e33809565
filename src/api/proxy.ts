import { BlockList, isIP } from 'node:net';
import { isLoopback } from '../settings/api-url.ts';
import { Failure } from '../text/errors.ts';
import { text } from '../text/text.ts';
import { type Environment, variable } from '../values/environment.ts';
import { bareHost } from '../values/host.ts';

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
  const exceptions = variable(environment, 'no_proxy') ?? variable(environment, 'NO_PROXY') ?? '';
  if (isExcepted(apiUrl, exceptions)) return undefined;
  return namedProxy(environment, apiUrl.protocol === 'https:' ? HTTPS : HTTP);
}

/**
 * Whether NO_PROXY names the host: as `*`; as itself or a domain above it, with or without a leading dot or
 * `*.`; as an IP address or a range of them (`10.0.0.0/8`); each with or without a port. Names are separated
 * by commas or spaces. Go reads it so.
 */
function isExcepted(url: URL, noProxy: string): boolean {
  const host = bareHost(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .toLowerCase()
    .split(/[\s,]+/)
    .some((entry) => {
      if (entry === '*') return true;
      // Of an address in IPv6 without brackets, what stands behind the last colon is no port.
      const [, name = entry, entryPort = port] = /^([^:]+|\[.+\]):(\d+)$/.exec(entry) ?? [];
      return entryPort === port && isNamed(host, bareHost(name));
    });
}

function isNamed(host: string, name: string): boolean {
  const [address = '', length = isIP(name) === 6 ? '128' : '32'] = name.split('/');
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(address) !== 0 && isIP(host) === isIP(address)) {
    const isRange = Number(length) <= (family === 'ipv6' ? 128 : 32);
    const range = new BlockList();
    if (isRange) range.addSubnet(address, Number(length), family);
    return range.check(host, family);
  }
  const domain = name.replace(/^\*?\./, '');
  return domain !== '' && (host === domain || host.endsWith(`.${domain}`));
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
      hint: text`Write it like http://proxy.example.com:3128, or unset it.`,
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
