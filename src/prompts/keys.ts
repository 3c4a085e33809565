/** A key as a terminal sends it, by its name, or as the characters it types. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  /** As it was sent. Of characters that were pasted, or came in one go, several. */
  readonly sequence?: string | undefined;
}

/**
 * A sequence of escape, one that is not complete, characters that only type, and any other. The blank and `?` stand
 * alone, since they mean something in lists.
 */
const TOKENS =
  /(?<keys>\u001b(?:\[\[|\[[0-?]*[ -/]*|O)(?<final>[@-~]))|(?<cut>\u001b(?:\[[0-?]*[ -/]*|O)?$)|[^\p{Cc} ?]+|./gsu;

/** Source: xterm's control sequences, and what Linux's console and rxvt send for the same keys. */
const BY_FINAL: Readonly<Record<string, string>> = {
  A: 'up',
  B: 'down',
  C: 'right',
  D: 'left',
  F: 'end',
  H: 'home',
};
const BY_NUMBER: Readonly<Record<string, string>> = {
  1: 'home',
  3: 'delete',
  4: 'end',
  5: 'pageup',
  6: 'pagedown',
  7: 'home',
  8: 'end',
};
const BY_CHARACTER: Readonly<Record<string, string>> = {
  '\r': 'return',
  '\n': 'enter',
  '\t': 'tab',
  '\b': 'backspace',
  '\u007f': 'backspace',
  '\u001b': 'escape',
  ' ': 'space',
};

/**
 * The keys in what a terminal has sent. Escape is a key of its own, whatever comes after it, unless that makes a
 * sequence of both.
 *
 * @returns the keys, and the beginning of a sequence that may still become one
 */
export function keysIn(sent: string): { readonly keys: readonly Key[]; readonly rest: string } {
  const keys: Key[] = [];
  let rest = '';
  for (const { 0: sequence, groups } of sent.matchAll(TOKENS)) {
    if (groups?.cut !== undefined) rest = sequence;
    else if (groups?.keys !== undefined) keys.push({ name: nameOf(sequence, groups.final), sequence });
    else keys.push(typedKey(sequence));
  }
  return { keys, rest };
}

/** The keys in the beginning of a sequence that has not become one. */
export function keysInRest(rest: string): readonly Key[] {
  return [...rest].map(typedKey);
}

function nameOf(sequence: string, final = ''): string | undefined {
  const [, number = ''] = /^\u001b\[(\d+)/.exec(sequence) ?? [];
  return final === '~' ? BY_NUMBER[number] : BY_FINAL[final];
}

function typedKey(sequence: string): Key {
  const name = BY_CHARACTER[sequence];
  if (name !== undefined) return { name, sequence };
  const code = sequence.charCodeAt(0);
  // Ctrl takes a letter's two highest bits away.
  if (code < 32) return { name: String.fromCharCode(code + 64).toLowerCase(), ctrl: true, sequence };
  return { sequence };
}

export function isEnter({ name }: Key): boolean {
  return name === 'return' || name === 'enter';
}

/** A text after one more key at its end; keys that type nothing change nothing. */
export function typedOn(text: string, key: Key): string {
  if (key.name === 'backspace') return [...text].slice(0, -1).join('');
  if (key.ctrl && key.name === 'u') return '';
  const typed = key.sequence ?? '';
  // Sequences of keys that mean nothing here type nothing.
  return /\p{Cc}/u.test(typed) ? text : text + typed;
}
