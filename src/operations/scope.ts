/** Whether a resource, as the API names it, is the one meant: a database, or with `''` the organization. */
export function atScope(
  resource: { readonly type: string; readonly name: string },
  database: string,
): boolean {
  return database === ''
    ? resource.type === 'Organization'
    : resource.type === 'Database' && resource.name === database;
}
