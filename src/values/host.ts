/** A host as a URL writes it, without the brackets of IPv6 and without the dot that ends a name in full. */
export function bareHost(host: string): string {
  return host.replace(/^\[(.*)\]$/, '$1').replace(/\.$/, '');
}
