/** Query parameters that narrow a list. One that is not there, or makes no sense, narrows nothing. */

/** `q`: part of a name, in whatever case. */
export function isNamedLike(name: string, query: URLSearchParams): boolean {
  return name.toLowerCase().includes((query.get('q') ?? '').toLowerCase());
}

/** A parameter that is `true` or `false` and has to be the same as the row's value. */
export function isAsAsked(value: boolean, query: URLSearchParams, parameter: string): boolean {
  const asked = query.get(parameter);
  if (asked !== 'true' && asked !== 'false') return true;
  return String(value) === asked;
}
