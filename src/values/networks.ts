/**
 * The networks from which a service token is accepted, as PlanetScale takes them: IPv4 addresses and ranges.
 * A network is kept in its one canonical spelling, such as `203.0.113.0/24`, so that equal ones are equal
 * strings.
 */

/** One entry as somebody wrote it. */
export type ParsedNetwork =
  | {
      readonly network: string;
      /** Whether it had bits set behind its prefix, which the canonical spelling does not. */
      readonly hadHostBits: boolean;
    }
  | { readonly problem: string };

/** The API takes no more than this. */
export const MOST_NETWORKS = 10;

const EVERYTHING = 2 ** 32;

/** Reads an address or a range; a bare address is a range of one. */
export function parseNetwork(entry: string): ParsedNetwork {
  if (entry.includes(':')) return { problem: 'IPv6 is not supported by PlanetScale' };
  const [, address = '', prefix] = /^([\d.]+)(?:\/(\d+))?$/.exec(entry) ?? [];
  const octets = address.split('.');
  if (octets.length !== 4 || octets.includes('')) return { problem: 'it is not an IPv4 address or range' };
  // To some readers 010 is eight.
  if ([...octets, prefix ?? '0'].some((number) => /^0\d/.test(number))) {
    return { problem: 'it has a leading zero' };
  }
  if (octets.some((octet) => Number(octet) > 255)) return { problem: 'an octet is over 255' };
  const length = Number(prefix ?? 32);
  if (length > 32) return { problem: 'the prefix is longer than 32' };
  if (length === 0) return { problem: 'it covers every address' };
  const value = octets.reduce((sum, octet) => sum * 256 + Number(octet), 0);
  const size = 2 ** (32 - length);
  const first = value - (value % size);
  return { network: `${dotted(first)}/${length}`, hadHostBits: first !== value };
}

/** The canonical spelling of what the API answered; what this program does not know stays as it is. */
export function canonicalNetwork(entry: string): string {
  const parsed = parseNetwork(entry);
  return 'network' in parsed ? parsed.network : entry;
}

/** Whether two lists restrict to the same networks: order, spelling and repetition do not count. */
export function sameNetworks(some: readonly string[], others: readonly string[]): boolean {
  const first = new Set(some.map(canonicalNetwork));
  const second = new Set(others.map(canonicalNetwork));
  return first.size === second.size && [...first].every((network) => second.has(network));
}

/** Whether every address of `inner` is in one of the networks of `outer`. Both are canonical. */
export function isWithin(inner: string, outer: readonly string[]): boolean {
  const range = rangeOf(inner);
  if (!range) return false;
  return merged(outer).some(({ first, last }) => first <= range.first && range.last <= last);
}

/** Whether some address is in both of two canonical networks. */
export function overlaps(one: string, other: string): boolean {
  const [a, b] = [rangeOf(one), rangeOf(other)];
  return a !== undefined && b !== undefined && a.first <= b.last && b.first <= a.last;
}

/** Whether the networks leave out no address, as two halves do. */
export function isEverything(networks: readonly string[]): boolean {
  const [range, ...others] = merged(networks);
  return others.length === 0 && range?.first === 0 && range.last === EVERYTHING - 1;
}

interface Range {
  readonly first: number;
  readonly last: number;
}

function rangeOf(network: string): Range | undefined {
  const [, address = '', prefix = ''] = /^(\d+\.\d+\.\d+\.\d+)\/(\d+)$/.exec(network) ?? [];
  if (address === '') return undefined;
  const first = address.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return { first, last: first + 2 ** (32 - Number(prefix)) - 1 };
}

/** The ranges in order, those that touch put together. */
function merged(networks: readonly string[]): Range[] {
  const ranges = networks.flatMap((network) => rangeOf(network) ?? []);
  const result: Range[] = [];
  for (const range of ranges.sort((a, b) => a.first - b.first)) {
    const previous = result.at(-1);
    if (previous && range.first <= previous.last + 1) {
      result[result.length - 1] = { first: previous.first, last: Math.max(previous.last, range.last) };
    } else {
      result.push(range);
    }
  }
  return result;
}

function dotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}
