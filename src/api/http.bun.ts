import type { Fetch } from './transport.ts';

/**
 * HTTP in the standalone executable, whose runtime's `fetch` is ready at once. It knows no dispatchers: a
 * proxy is an option of its own, and `false` keeps it from looking for one in the environment, where it
 * would find one for this machine as well. When a connection that it kept breaks, it sends a GET or DELETE
 * again by itself; a DELETE gets a connection of its own, because whether it was sent twice matters.
 *
 * @param proxy its address, user name and password included
 */
export async function openHttp(proxy: URL | undefined): Promise<Fetch> {
  const options: object = { proxy: proxy?.href ?? false, redirect: 'manual' };
  return (url, request) => fetch(url, { ...request, ...options, keepalive: request.method === 'GET' });
}
