import { holdsSecret } from '../settings/redaction.ts';
import { Failure } from '../text/errors.ts';
import { text, unstyled } from '../text/text.ts';

/**
 * Refuses names that cannot be one path segment, before anything is sent. Dot segments are dangerous
 * even when percent-encoded, because URL parsers resolve `%2e%2e` too; no API name holds a slash, white
 * space or a control character, so the rest is refused rather than encoded and guessed at.
 *
 * @param kind what the name stands for, in the user's words, such as `token id`
 * @throws Failure INVALID_USAGE naming the value, unless that is a secret
 */
export function checkName(name: string, kind: string): string {
  refuseSecret(name, kind);
  const problem = problemOf(name);
  if (problem === undefined) return name;
  throw new Failure(
    'INVALID_USAGE',
    text`${JSON.stringify(name)} cannot be ${unstyled(withArticle(kind))}: it ${unstyled(problem)}`,
    {
      hint:
        name === ''
          ? text`Perhaps a shell variable is empty. Give ${unstyled(withArticle(kind))}.`
          : text`Give the ${unstyled(kind)} by itself.`,
    },
  );
}

/**
 * Refuses a secret in the place of something else that would be sent: others would see it then.
 *
 * @param kind what was expected, such as `token name`
 * @throws Failure INVALID_USAGE, which does not show it
 */
export function refuseSecret(value: string, kind: string): void {
  if (!holdsSecret(value)) return;
  throw new Failure('INVALID_USAGE', text`the ${unstyled(kind)} contains the secret of a token`, {
    hint: text`Specify ${unstyled(withArticle(kind))}. The secret was not sent anywhere.`,
  });
}

/** Path of an operation with its parameters put in, each percent-encoded. */
export function fillPath(template: string, parameters: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (_, parameter: string) =>
    encodeURIComponent(checkName(parameters[parameter] ?? '', parameter)),
  );
}

function problemOf(name: string): string | undefined {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'would lead to another address';
  if (/[/\\]/.test(name)) return 'contains a slash';
  if (/\s/u.test(name)) return 'contains white space';
  if (/\p{Cc}/u.test(name)) return 'contains a control character';
  if (/\p{Cs}/u.test(name)) return 'is not valid text';
  return undefined;
}

function withArticle(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? 'an' : 'a'} ${kind}`;
}
