import { stableId } from '../../state/secrets.ts';

/** A region as the API prints it. Any slug is one; its details are made from it. */
export function regionBody(slug: string) {
  const name = slug
    .split('-')
    .map((word) => (word.length <= 2 ? word.toUpperCase() : word.charAt(0).toUpperCase() + word.slice(1)))
    .join(' ');
  return {
    id: stableId('region', slug),
    provider: 'AWS',
    enabled: true,
    public_ip_addresses: [],
    display_name: name,
    location: name,
    slug,
    current_default: slug === 'us-east',
    mysql_supported: true,
    postgresql_supported: true,
  };
}
