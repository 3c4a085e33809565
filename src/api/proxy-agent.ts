import { EnvHttpProxyAgent } from 'undici';

/** The addresses of the proxies in force, `''` for none, and the hosts that are excepted. */
export interface ProxySettings {
  readonly httpProxy: string;
  readonly httpsProxy: string;
  readonly noProxy: string;
}

/** The options that make the runtime's `fetch` go through a proxy. A file of its own, because undici is large. */
export function proxyOptions(settings: ProxySettings): object {
  return { dispatcher: new EnvHttpProxyAgent(settings) };
}
