import type { AccessChange } from '../api/client.ts';
import { checkName } from '../api/path.ts';
import { doubtAbout } from '../permissions/permission-doubt.ts';
import { type AccessScope, ORGANIZATION_LEVEL } from '../permissions/scope.ts';
import { text, unstyled } from '../text/text.ts';
import { parseDuration } from '../values/duration.ts';
import { parseInteger } from '../values/integer.ts';
import { isEverything, parseNetwork } from '../values/networks.ts';
import { byText, type ListedToken } from './access-file.ts';
import { type Mistakes, type Path, shown } from './mistakes.ts';
import type { WrittenToken } from './shape.ts';

/** A token as the file wants it. */
export function listedToken(
  name: string,
  { id, access, cidrs, ttl, previously = [] }: WrittenToken,
  mistakes: Mistakes,
): ListedToken {
  const path = ['tokens', name];
  return {
    name,
    at: mistakes.placeOf(path, 'key'),
    id,
    access: access && accessOf(access, [...path, 'access'], mistakes),
    databases: new Map(
      Object.keys(access?.databases ?? {}).map((database) => {
        return [database, mistakes.placeOf([...path, 'access', 'databases', database], 'key')];
      }),
    ),
    cidrs: cidrs && networksOf(cidrs, [...path, 'cidrs'], mistakes),
    ttl: ttl === undefined ? undefined : secondsOf(ttl, [...path, 'ttl'], mistakes),
    previously,
  };
}

function accessOf(
  { organization = [], databases = {} }: NonNullable<WrittenToken['access']>,
  path: Path,
  mistakes: Mistakes,
): AccessChange[] {
  const scopes: [AccessScope, readonly string[], Path][] = [
    [ORGANIZATION_LEVEL, organization, [...path, 'organization']],
    ...Object.entries(databases)
      .sort(([one], [other]) => byText(one, other))
      .map(([database, names]): [AccessScope, readonly string[], Path] => [
        database,
        names,
        [...path, 'databases', database],
      ]),
  ];
  return scopes.flatMap(([database, names, at]) => {
    if (database !== ORGANIZATION_LEVEL)
      mistakes.check(at, () => checkName(database, 'database name'), 'key');
    const earlier = new Set<string>();
    for (const [index, name] of names.entries()) {
      checkPermission({ name, isAgain: earlier.has(name) }, database, [...at, index], mistakes);
      earlier.add(name);
    }
    return names.length === 0 ? [] : [{ database, access: [...names].sort(byText) }];
  });
}

function checkPermission(
  { name, isAgain }: { readonly name: string; readonly isAgain: boolean },
  scope: AccessScope,
  path: Path,
  mistakes: Mistakes,
): void {
  if (/[*?]/.test(name)) {
    mistakes.add(path, text`${shown(name)} is a wildcard: name each permission here`);
    return;
  }
  if (!/^[^\s,=\p{Cc}]+$/u.test(name)) {
    mistakes.add(path, text`${shown(name)} is not a valid permission name`);
    return;
  }
  if (isAgain) {
    mistakes.add(path, text`${shown(name)} is there twice`);
    return;
  }
  const kind = scope === ORGANIZATION_LEVEL ? 'organization' : 'database';
  const doubt = doubtAbout(name, kind, (_, where) =>
    where === 'organization' ? 'access.organization' : 'access.databases.<database>',
  );
  if (doubt?.certain) mistakes.add(path, text`${doubt.message}. ${doubt.advice}`);
  else if (doubt) mistakes.warn(path, doubt.message);
}

function networksOf(cidrs: readonly string[], path: Path, mistakes: Mistakes): string[] {
  const networks: string[] = [];
  for (const [index, entry] of cidrs.entries()) {
    const parsed = parseNetwork(entry);
    if ('problem' in parsed) {
      mistakes.add([...path, index], text`${shown(entry)}: ${unstyled(parsed.problem)}`);
    } else if (parsed.hadHostBits) {
      mistakes.add([...path, index], text`${shown(entry)} has host bits set: write ${parsed.network}`);
    } else if (networks.includes(parsed.network)) {
      mistakes.add([...path, index], text`${shown(entry)} is there twice`);
    } else networks.push(parsed.network);
  }
  if (networks.length > 0 && isEverything(networks)) {
    mistakes.add(path, text`cidrs covers every address: write [] for no restriction`);
  }
  return networks.sort(byText);
}

/** Seconds; undefined for no end, as `--ttl 0`. */
function secondsOf(ttl: string, path: Path, mistakes: Mistakes): number | undefined {
  const integer = parseInteger(ttl);
  const seconds =
    integer.kind === 'integer'
      ? integer.value
      : integer.kind === 'ambiguous'
        ? Number.NaN
        : (parseDuration(ttl) ?? Number.NaN) / 1_000;
  if (Number.isSafeInteger(seconds) && seconds >= 0) return seconds || undefined;
  mistakes.add(path, text`invalid ttl ${shown(ttl)}: use seconds or a duration such as 12h or 90d`);
  return undefined;
}
