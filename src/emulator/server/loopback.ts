import { BlockList, isIP } from 'node:net';
import { EmulatorError } from '../errors.ts';

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet('127.0.0.0', 8, 'ipv4');
LOOPBACK.addAddress('::1', 'ipv6');

/**
 * The address to listen on for a host that the user named. Anything that could be reached from another
 * machine is refused: the administrator's credentials are public.
 *
 * @throws EmulatorError HOST_REFUSED
 */
export function loopbackAddress(host: string): string {
  // Not looked up: what the name stands for elsewhere must not decide where the emulator can be reached.
  const address = host.toLowerCase() === 'localhost' ? '127.0.0.1' : host;
  if (isLoopbackAddress(address)) return address;
  throw new EmulatorError(
    'HOST_REFUSED',
    `the emulator does not listen on the host ${host}: it is for this machine only. Use 127.0.0.1, ::1 or localhost.`,
  );
}

/** Whether the text is an IP address that only this machine can reach. */
export function isLoopbackAddress(text: string): boolean {
  const family = isIP(text);
  return family !== 0 && LOOPBACK.check(text, family === 6 ? 'ipv6' : 'ipv4');
}

/** `address` as it stands in a URL. */
export function inUrl(address: string): string {
  return isIP(address) === 6 ? `[${address}]` : address;
}
