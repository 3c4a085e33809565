/** What some words of the API's document are called by people. */
const WORDS: Readonly<Record<string, string>> = {
  get: 'show',
  cidr: 'CIDR',
  oauth: 'OAuth',
  vschema: 'VSchema',
};

/** A call as people say it, by its name in the API's document: `create_branch` is "create a branch". */
export function operationInWords(operationId: string): string {
  const [verb = '', ...thing] = operationId.split('_').map((word) => WORDS[word] ?? word);
  if (thing.length === 0) return verb;
  const isPlural = /[^s]s$/.test(thing.at(-1) ?? '') || /^(access|for)$/.test(thing.at(-1) ?? '');
  const article = /^[aeiou]/i.test(thing[0] ?? '') ? 'an' : 'a';
  return [verb, ...(isPlural ? [] : [article]), ...thing].join(' ');
}
