import { type Flag, flagsTogether, type Surroundings, switchFlag, valuesFlag } from '../cli/declaration.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import { isEverything, MOST_NETWORKS, parseNetwork } from '../values/networks.ts';
import { EXPIRY_HEADING } from './expiry.ts';

/** From where a token is to be accepted. */
export type Restriction =
  /** Canonical, at least one. */
  | { readonly kind: 'networks'; readonly networks: readonly string[] }
  /** From any address; `isSaid` where `--unrestricted` says so, and not an empty list alone. */
  | { readonly kind: 'none'; readonly isSaid: boolean };

const RESTRICTION = EXPIRY_HEADING;

/** `--cidrs` and `--unrestricted` of update: an empty list takes the restrictions away. */
export const NEW_RESTRICTION: Flag<Restriction | undefined> = restrictionFlags(
  '--cidrs <list>',
  'Only allow these IPv4 addresses and ranges',
  'Allow any address',
);

/** `--cidrs` and `--unrestricted` of what makes a token from another one, whose restrictions it keeps without. */
export const COPY_RESTRICTION: Flag<Restriction | undefined> = neverEmpty(
  restrictionFlags('--cidrs <list>', 'Only allow these IPv4 addresses and ranges', 'Allow any address'),
);

/** `--cidrs` of what makes a token from nothing: canonical networks, none for any address. */
export const CIDRS: Flag<readonly string[]> = onlyNetworks(
  valuesFlag('--cidrs <list>', 'Only allow these IPv4 addresses and ranges', parseRestriction, RESTRICTION),
);

function restrictionFlags(
  cidrs: string,
  cidrsMeaning: string,
  unrestrictedMeaning: string,
): Flag<Restriction | undefined> {
  return flagsTogether(
    {
      cidrs: valuesFlag(cidrs, cidrsMeaning, parseRestriction, RESTRICTION),
      unrestricted: switchFlag('--unrestricted', unrestrictedMeaning, RESTRICTION),
    },
    ({ cidrs: restriction, unrestricted }): Restriction | undefined => {
      if (!unrestricted) return restriction;
      if (restriction?.kind === 'networks') {
        throw new Failure('INVALID_USAGE', text`Use only one of: --cidrs, --unrestricted.`);
      }
      return { kind: 'none', isSaid: true };
    },
  );
}

function neverEmpty(flag: Flag<Restriction | undefined>): Flag<Restriction | undefined> {
  return {
    spellings: flag.spellings,
    read: (given, surroundings) => {
      const restriction = flag.read(given, surroundings);
      if (restriction?.kind === 'none' && !restriction.isSaid) {
        throw emptyList('--unrestricted makes a token that is accepted from any address.');
      }
      return restriction;
    },
  };
}

function onlyNetworks(flag: Flag<Restriction | undefined>): Flag<readonly string[]> {
  return {
    spellings: flag.spellings,
    read: (given, surroundings) => {
      const restriction = flag.read(given, surroundings);
      if (restriction === undefined) return [];
      if (restriction.kind === 'networks') return restriction.networks;
      throw emptyList('Without --cidrs the token is accepted from any address.');
    },
  };
}

function emptyList(otherwise: string): Failure {
  return new Failure('INVALID_USAGE', text`--cidrs is empty`, {
    hint: text`Perhaps a shell variable is empty. ${unstyled(otherwise)}`,
  });
}

/** All `--cidrs` together. @throws Failure INVALID_USAGE that names the entry */
function parseRestriction(values: readonly string[], { warn }: Surroundings): Restriction | undefined {
  if (values.length === 0) return undefined;
  const entries = values.flatMap((value) => value.split(',')).map((entry) => entry.trim());
  if (entries.length === 1 && entries[0] === '') return { kind: 'none', isSaid: false };
  if (entries.includes('')) {
    throw new Failure('INVALID_USAGE', text`--cidrs ${values.join(',')} has an empty entry`, {
      hint: text`Perhaps a shell variable is empty. Separate entries with one comma.`,
    });
  }
  const networks: string[] = [];
  for (const entry of entries) {
    const parsed = parseNetwork(entry);
    if ('problem' in parsed) {
      throw new Failure(
        'INVALID_USAGE',
        text`invalid --cidrs entry ${JSON.stringify(entry)}: ${unstyled(parsed.problem)}`,
        { hint: text`Use IPv4 addresses such as 203.0.113.7 and ranges such as 203.0.113.0/24.` },
      );
    }
    if (parsed.hadHostBits) {
      warn(text`${entry} has host bits set: sending ${parsed.network}`);
    }
    if (!networks.includes(parsed.network)) networks.push(parsed.network);
  }
  if (networks.length > MOST_NETWORKS) {
    throw new Failure(
      'INVALID_USAGE',
      text`--cidrs has ${unstyled(networks.length)} entries; at most ${unstyled(MOST_NETWORKS)} are allowed`,
      { hint: text`Use ranges that cover several addresses.` },
    );
  }
  if (isEverything(networks)) {
    warn(text`--cidrs ${networks.join(',')} covers every address and does not restrict the token`);
  }
  return { kind: 'networks', networks };
}
