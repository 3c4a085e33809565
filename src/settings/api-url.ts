import type { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';
import { badValue } from '../values/bad-value.ts';
import { describeSource, type Resolved } from '../values/source.ts';

/**
 * Checks the base URL before anything is sent to it: https, or http to this machine; no user name, query
 * or fragment. A path prefix is kept.
 *
 * @throws Failure INVALID_USAGE or INVALID_CONFIG, by where the value came from
 */
export function checkApiUrl(setting: Resolved<string>, insecure: boolean): Resolved<URL> {
  const { value, source } = setting;
  const refuse = (reason: string, mend: string): Failure =>
    badValue(
      setting,
      text`${describeSource(source)} is ${shownAddress(value)}: ${unstyled(reason)}`,
      unstyled(mend),
    );
  if (!URL.canParse(value)) {
    throw refuse('not a URL', 'Write it like https://api.planetscale.com.');
  }
  const url = new URL(value);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw refuse('only http and https work', 'Write it like https://api.planetscale.com.');
  }
  if (url.username || url.password) {
    throw refuse(
      'it must not contain a user name or password',
      'Give credentials with their own flags or variables.',
    );
  }
  if (/[?#]/.test(value))
    throw refuse('it must not contain a query or fragment', 'Leave out everything from ? or #.');
  if (url.protocol === 'http:' && !isLoopback(url.hostname) && !insecure) {
    throw refuse(
      'plain HTTP would expose your credentials to anyone on the network',
      'Use https://, or add --insecure if you really mean it.',
    );
  }
  // Every request adds it: who copied it from the documents means the same.
  url.pathname = url.pathname.replace(/\/v1\/*$/, '/');
  return { value: url, source };
}

/** Whether an address as it was given ends in the version that every request adds. */
export function hasVersion(value: string): boolean {
  return URL.canParse(value) && /\/v1\/*$/.test(new URL(value).pathname);
}

/** Whether a host name is this very machine; `hostname` as {@link URL} writes it. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/**
 * An address as messages may show it: without what stands in front of an @, which may hold a password of any
 * characters, slashes missing or turned; without the values of a query; and, where it is no URL, without all
 * that follows a colon, since that may be a password whose @ is missing.
 */
export function shownAddress(value: string): string {
  const withoutUser = value.replace(/^(\w+:\/\/)?.*(?:@|%40)/is, '$1…@').replace(/([?#]).*/s, '$1…');
  return URL.canParse(value) ? withoutUser : withoutUser.replace(/^((?:\w+:\/\/)?[^:]*:).*/s, '$1…');
}
