import { BlockList, isIPv4 } from 'node:net';

/** A token takes no more. */
export const MOST_CIDRS = 10;

/**
 * A restriction as it is kept: a bare address gets `/32`, a range stays as it was written. Undefined for what is
 * refused: IPv6, a range of every address, and what is no IPv4 address or range at all.
 */
export function keptCidr(written: string): string | undefined {
  const [address = '', prefix, ...more] = written.split('/');
  if (!isIPv4(address) || more.length > 0) return undefined;
  if (prefix === undefined) return `${address}/32`;
  return /^([1-9]|[12]\d|3[0-2])$/.test(prefix) ? written : undefined;
}

/** Whether a request from an address is let in. An IPv4 address that came as an IPv6 one counts as it is. */
export function isAllowed(cidrs: readonly string[], address: string): boolean {
  if (cidrs.length === 0) return true;
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [network = '', prefix = ''] = cidr.split('/');
    list.addSubnet(network, Number(prefix), 'ipv4');
  }
  const plain = plainAddress(address);
  return isIPv4(plain) && list.check(plain, 'ipv4');
}

/** `127.0.0.1` of `::ffff:127.0.0.1`; any other address as it is. */
export function plainAddress(address: string): string {
  const [, mapped = address] = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address) ?? [];
  return mapped;
}
