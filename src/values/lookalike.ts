import { canonicalName } from './token-name.ts';

/** Letters of other scripts that most fonts draw as Latin ones, and those, each in its place. */
const FOREIGN = [...'аеіјорсухѕһԁԛԝАВЕІЈКМНОРСТУХЅαορνικΑΒΕΖΗΙΚΜΝΟΡΤΥΧ'];
const LATIN = [...'aeijopcyxshdqwABEIJKMHOPCTYXSaopvikABEZHIKMNOPTYX'];
const TWINS = new Map(FOREIGN.map((letter, index) => [letter, LATIN[index] ?? letter]));

/** What a name looks like: the same for names that differ by blanks at their ends, invisible characters or script only. */
export function appearance(name: string): string {
  const visible = name
    .normalize('NFKC')
    .replace(/\p{Default_Ignorable_Code_Point}/gu, '')
    .trim();
  return [...visible].map((letter) => TWINS.get(letter) ?? letter).join('');
}

/** With what joins and varies it, which is not to be seen either. */
const EMOJI = /\p{Extended_Pictographic}[\u200d\ufe0f\p{Emoji_Modifier}]*/gu;

/** Scripts with letters that look like Latin ones. */
const SIMILAR =
  /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}\p{Script=Coptic}]/u;

/** What makes a name look like another one. */
export type Disguise =
  | { readonly kind: 'blank' }
  | { readonly kind: 'invisible'; readonly letter: string }
  /** A word of Latin letters and this one. */
  | { readonly kind: 'script'; readonly letter: string };

/** What of a name cannot be seen; undefined where all can. */
export function disguiseOf(name: string): Disguise | undefined {
  if (name.trim() !== name) return { kind: 'blank' };
  const [hidden] = /\p{Default_Ignorable_Code_Point}/u.exec(name.replace(EMOJI, '')) ?? [];
  if (hidden !== undefined) return { kind: 'invisible', letter: hidden };
  for (const [word] of canonicalName(name).matchAll(/[\p{L}\p{M}]+/gu)) {
    const [letter] = SIMILAR.exec(word) ?? [];
    if (letter !== undefined && /\p{Script=Latin}/u.test(word)) return { kind: 'script', letter };
  }
  return undefined;
}

/** A name as it is shown: quoted where it may be taken for another one. */
export function shownName(name: string): string {
  return disguiseOf(name) ? JSON.stringify(name) : name;
}
