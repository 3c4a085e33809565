import { type Key, typedOn } from './keys.ts';

/** A line that is being typed, on both sides of the cursor. */
export interface Line {
  readonly before: string;
  readonly after: string;
}

export function textOf({ before, after }: Line): string {
  return before + after;
}

/** What a key does to a line: those that shells know, and anything that types. */
export function edit({ before, after }: Line, key: Key): Line {
  const last = [...before].at(-1) ?? '';
  const [first = ''] = after;
  switch (key.ctrl ? `ctrl-${key.name}` : key.name) {
    case 'left':
    case 'ctrl-b':
      return { before: before.slice(0, before.length - last.length), after: last + after };
    case 'right':
    case 'ctrl-f':
      return { before: before + first, after: after.slice(first.length) };
    case 'home':
    case 'ctrl-a':
      return { before: '', after: before + after };
    case 'end':
    case 'ctrl-e':
      return { before: before + after, after: '' };
    case 'delete':
    case 'ctrl-d':
      return { before, after: after.slice(first.length) };
    case 'ctrl-k':
      return { before, after: '' };
    case 'ctrl-w':
      return { before: before.replace(/\S+\s*$|\s+$/u, ''), after };
    default:
      return { before: typedOn(before, key), after };
  }
}
