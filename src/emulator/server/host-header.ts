import type { IncomingMessage } from 'node:http';
import { isLoopbackAddress } from './loopback.ts';

/**
 * Whether a request was meant for this emulator, by its Host header. A page in a browser can have a name of
 * its own point at 127.0.0.1 (DNS rebinding) and then send any request and read the answer, as if it came
 * from the page's own server; the name it was reached by is all that gives it away. The port is not looked
 * at: behind a forwarded port it is another one.
 *
 * @param ownNames further names that the emulator is reached by, in lower case
 */
export function isMeantForUs(request: IncomingMessage, ownNames: ReadonlySet<string>): boolean {
  const hosts = hostHeaders(request);
  const [host = ''] = hosts;
  if (hosts.length !== 1) return false;
  const match = /^(?:\[([0-9a-f:.]+)\]|([^:@/[\]]+))(?::\d{1,5})?$/i.exec(host);
  const name = (match?.[1] ?? match?.[2] ?? '').toLowerCase();
  return name === 'localhost' || isLoopbackAddress(name) || ownNames.has(name);
}

/** Every value: `headers.host` keeps only the first, and a server behind us might have taken the last. */
function hostHeaders({ rawHeaders }: IncomingMessage): string[] {
  return rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host');
}
