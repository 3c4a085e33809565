import { ProxyAgent } from 'undici';
import type { Fetch } from './transport.ts';

/** The runtime's `fetch` through a proxy. A file of its own, because undici is large. */
export function proxiedFetch(proxy: URL): Fetch {
  const options: object = { dispatcher: new ProxyAgent(proxy.href) };
  return (url, request) => fetch(url, { ...request, redirect: 'manual', ...options });
}
