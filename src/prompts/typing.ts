/** A key as a terminal sends it, by its name, or as the character it types. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly sequence?: string | undefined;
}

export function isEnter({ name }: Key): boolean {
  return name === 'return' || name === 'enter';
}

/** A short text after one more key at its end; keys that type nothing change nothing. */
export function typedOn(text: string, key: Key): string {
  if (key.name === 'backspace') return [...text].slice(0, -1).join('');
  if (key.ctrl && key.name === 'u') return '';
  const typed = key.sequence ?? '';
  // Escape sequences of keys that mean nothing here type nothing.
  return key.ctrl || key.meta || /\p{Cc}/u.test(typed) ? text : text + typed;
}
