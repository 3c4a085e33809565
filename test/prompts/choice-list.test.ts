import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type Choice,
  type ChoiceList,
  highlighted,
  openList,
  press,
  shownChoices,
} from '../../src/prompts/choice-list.ts';
import type { Key } from '../../src/prompts/keys.ts';

const CHOICES: readonly Choice[] = [
  'read_branch',
  'create_branch',
  'read_backups',
  'write_backups',
  'delete_branch',
].map((id) => ({
  id,
  label: id,
  detail: `may ${id.replace('_', ' ')}`,
  group: id.includes('branch') ? 'Branches' : 'Backups',
}));

const PAGE = 3;
const keys: Readonly<Record<string, Key>> = {
  up: { name: 'up' },
  down: { name: 'down' },
  pageUp: { name: 'pageup' },
  pageDown: { name: 'pagedown' },
  home: { name: 'home' },
  end: { name: 'end' },
  space: { name: 'space', sequence: ' ' },
  all: { name: 'a', ctrl: true, sequence: '\u0001' },
  next: { name: 'n', ctrl: true, sequence: '\u000e' },
  previous: { name: 'p', ctrl: true, sequence: '\u0010' },
  backspace: { name: 'backspace', sequence: '\u007f' },
  escape: { name: 'escape', sequence: '\u001b' },
  enter: { name: 'return', sequence: '\r' },
};

/** Presses keys by their names above; any other word is typed, character by character. */
function pressed(list: ChoiceList, ...words: string[]): ChoiceList {
  return words
    .flatMap((word): Key[] => {
      const key = keys[word];
      return key ? [key] : [...word].map((sequence) => ({ name: sequence, sequence }));
    })
    .reduce((state, key) => press(state, key, PAGE), list);
}

const single = openList(CHOICES);
const multiple = openList(CHOICES, new Set(['read_branch']));
const shownIds = (list: ChoiceList): string[] => shownChoices(list).map(({ id }) => id);

describe('moving', () => {
  test.each([
    [['down'], 'create_branch'],
    [['next', 'next'], 'read_backups'],
    [['down', 'previous'], 'read_branch'],
    [['up'], 'read_branch'],
    [['pageDown'], 'write_backups'],
    [['end'], 'delete_branch'],
    [['end', 'down'], 'delete_branch'],
    [['end', 'pageUp'], 'create_branch'],
    [['end', 'home'], 'read_branch'],
  ])('%j leads to %s', (words, id) => {
    expect(highlighted(pressed(single, ...words))?.id).toBe(id);
  });
});

describe('the keys', () => {
  test('are told by ?, and go away with any key, which does nothing else', () => {
    const told = pressed(multiple, 'back', '?');
    expect(told).toMatchObject({ showsKeys: true, filter: 'back' });
    for (const key of ['?', 'x', 'escape', 'enter', 'space', 'down', 'all']) {
      expect(pressed(told, key)).toEqual({ ...told, showsKeys: false });
    }
  });
});

describe('the filter', () => {
  test('holds choices with all of its words, in name, description or group', () => {
    expect(shownIds(pressed(multiple, 'BACKUP'))).toEqual(['read_backups', 'write_backups']);
    expect(shownIds(pressed(single, 'branch', 'space', 'del'))).toEqual(['delete_branch']);
    expect(shownIds(pressed(single, 'Branches'))).toHaveLength(3);
    expect(shownIds(pressed(single, 'nothing'))).toEqual([]);
  });

  test('is edited by Backspace, one character of any script at a time', () => {
    expect(pressed(single, 'ab', 'backspace').filter).toBe('a');
    expect(pressed(single, 'a😀', 'backspace').filter).toBe('a');
    expect(pressed(single, 'backspace').filter).toBe('');
  });

  test('keeps the cursor on its choice as long as that is shown', () => {
    const list = pressed(single, 'end', 'branch');
    expect(highlighted(list)?.id).toBe('delete_branch');
    expect(highlighted(pressed(list, 'escape'))?.id).toBe('delete_branch');
  });

  test('is cleared by Escape first; a second one cancels', () => {
    const cleared = pressed(single, 'read', 'escape');
    expect([cleared.filter, cleared.end]).toEqual(['', undefined]);
    expect(pressed(cleared, 'escape').end).toBe('cancelled');
  });

  test('takes no control character, and no key that means nothing here', () => {
    for (const key of [
      { name: 'f1', sequence: '\u001bOP' },
      { name: 'x', ctrl: true, sequence: '\u0018' },
      { name: 'x', meta: true, sequence: '\u001bx' },
    ]) {
      expect(press(single, key, PAGE)).toEqual(single);
    }
  });
});

describe('Space', () => {
  test('checks and unchecks the choice under the cursor', () => {
    expect(pressed(multiple, 'down', 'space').checked).toEqual(new Set(['read_branch', 'create_branch']));
    expect(pressed(multiple, 'space').checked).toEqual(new Set());
  });

  test('is a character of the filter where one is chosen', () => {
    expect(pressed(single, 'space').filter).toBe(' ');
  });

  test('does nothing where nothing is shown', () => {
    expect(pressed(multiple, 'nothing', 'space').checked).toEqual(new Set(['read_branch']));
  });
});

describe('Ctrl-A', () => {
  test('checks all that are shown, and unchecks them if they all are', () => {
    const checked = pressed(multiple, 'backup', 'all');
    expect(checked.checked).toEqual(new Set(['read_branch', 'read_backups', 'write_backups']));
    expect(pressed(checked, 'all').checked).toEqual(new Set(['read_branch']));
  });
});

describe('Enter', () => {
  test('accepts', () => {
    expect(pressed(single, 'down', 'enter')).toMatchObject({ end: 'accepted', cursor: 1 });
    expect(pressed(multiple, 'nothing', 'enter')).toMatchObject({ end: 'accepted' });
  });

  test('accepts nothing where there is nothing to choose', () => {
    expect(pressed(single, 'nothing', 'enter').end).toBeUndefined();
  });
});

const anyKey: fc.Arbitrary<Key> = fc.oneof(
  fc.constantFrom(...Object.values(keys)),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 1 })
    .map((sequence) => ({ name: undefined, sequence })),
  fc.record({ name: fc.string(), ctrl: fc.boolean(), meta: fc.boolean(), sequence: fc.string() }),
);

describe('whatever is pressed', () => {
  test('the cursor stays on a choice that is shown', () => {
    fc.assert(
      fc.property(fc.array(anyKey), fc.boolean(), (presses, isMultiple) => {
        let list = isMultiple ? multiple : single;
        for (const key of presses) {
          list = press(list, key, PAGE);
          const shown = shownChoices(list);
          expect(list.cursor).toBeGreaterThanOrEqual(0);
          expect(list.cursor).toBeLessThan(Math.max(1, shown.length));
          expect(list.filter).not.toMatch(/\p{Cc}/u);
        }
      }),
    );
  });

  test('only choices can be checked, and what is not shown keeps its mark', () => {
    fc.assert(
      fc.property(fc.array(anyKey), (presses) => {
        let list = multiple;
        for (const key of presses) {
          const hidden = CHOICES.filter((choice) => !shownChoices(list).includes(choice));
          const next = press(list, key, PAGE);
          for (const { id } of hidden) expect(next.checked?.has(id)).toBe(list.checked?.has(id));
          for (const id of next.checked ?? []) expect(CHOICES.map((choice) => choice.id)).toContain(id);
          list = next;
        }
      }),
    );
  });

  test('a list of one choice never checks anything', () => {
    fc.assert(
      fc.property(fc.array(anyKey), (presses) => {
        expect(presses.reduce((list, key) => press(list, key, PAGE), single).checked).toBeUndefined();
      }),
    );
  });
});
