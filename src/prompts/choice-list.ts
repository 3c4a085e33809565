import { type Key, typedOn } from './keys.ts';

/** One line of a list. All of it is safe for a terminal already. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  /** What is shown behind it, and searched as well. */
  readonly detail: string;
  /** Choices of one group stand together under its name. */
  readonly group?: string | undefined;
}

/** A list that filters as one types; with several choices, each can be checked. */
export interface ChoiceList {
  readonly choices: readonly Choice[];
  /** Undefined where exactly one is chosen. */
  readonly checked: ReadonlySet<string> | undefined;
  readonly filter: string;
  /** Among the choices shown. */
  readonly cursor: number;
  /** The keys are told in the place of the choices. */
  readonly showsKeys?: boolean;
  readonly end?: 'accepted' | 'cancelled' | undefined;
}

export function openList(choices: readonly Choice[], checked?: ReadonlySet<string>): ChoiceList {
  return { choices, checked, filter: '', cursor: 0 };
}

/** The choices that hold every word of the filter, whatever their case. */
export function shownChoices({ choices, filter }: ChoiceList): readonly Choice[] {
  const words = filter.toLowerCase().split(/\s+/);
  return choices.filter((choice) => {
    const text = `${choice.label} ${choice.detail} ${choice.group ?? ''}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** The choice under the cursor. */
export function highlighted(list: ChoiceList): Choice | undefined {
  return shownChoices(list)[list.cursor];
}

/**
 * What a key does. Arrows (Ctrl-N, Ctrl-P) and the paging keys move; Space checks, where there is
 * something to check; Ctrl-A checks all shown, or none if all are; Escape clears the filter, then
 * cancels; Enter accepts; `?` tells the keys, and any key takes them away again. Anything else that types a
 * character filters.
 *
 * @param page how many lines Page Up and Page Down move
 */
export function press(list: ChoiceList, key: Key, page: number): ChoiceList {
  if (list.showsKeys) return { ...list, showsKeys: false };
  if (key.sequence === '?') return { ...list, showsKeys: true };
  const name = key.ctrl ? `ctrl-${key.name}` : key.name;
  switch (name) {
    case 'up':
    case 'ctrl-p':
      return moved(list, list.cursor - 1);
    case 'down':
    case 'ctrl-n':
      return moved(list, list.cursor + 1);
    case 'pageup':
      return moved(list, list.cursor - page);
    case 'pagedown':
      return moved(list, list.cursor + page);
    case 'home':
      return moved(list, 0);
    case 'end':
      return moved(list, list.choices.length);
    case 'return':
    case 'enter':
      return accepted(list);
    case 'escape':
      return list.filter === '' ? { ...list, end: 'cancelled' } : filtered(list, '');
    case 'ctrl-d':
      return { ...list, end: 'cancelled' };
    case 'ctrl-a':
      return toggledAll(list);
    case 'space':
      return list.checked ? toggled(list) : filtered(list, `${list.filter} `);
    default:
      return filtered(list, typedOn(list.filter, key));
  }
}

function moved(list: ChoiceList, cursor: number): ChoiceList {
  const last = Math.max(0, shownChoices(list).length - 1);
  return { ...list, cursor: Math.min(Math.max(0, cursor), last) };
}

function accepted(list: ChoiceList): ChoiceList {
  const nothingToAccept = !list.checked && highlighted(list) === undefined;
  return nothingToAccept ? list : { ...list, end: 'accepted' };
}

/** Characters: more match nothing, and a paste by accident is not to take long. */
const LONGEST_FILTER = 300;

/** Keeps the cursor on its choice if that is still shown. */
function filtered(list: ChoiceList, filter: string): ChoiceList {
  if (filter === list.filter || filter.length > LONGEST_FILTER) return list;
  const under = highlighted(list)?.id;
  const next = { ...list, filter };
  const index = shownChoices(next).findIndex(({ id }) => id === under);
  return { ...next, cursor: Math.max(0, index) };
}

function toggled(list: ChoiceList): ChoiceList {
  const choice = highlighted(list);
  if (!list.checked || !choice) return list;
  const checked = new Set(list.checked);
  if (!checked.delete(choice.id)) checked.add(choice.id);
  return { ...list, checked };
}

function toggledAll(list: ChoiceList): ChoiceList {
  if (!list.checked) return list;
  const checked = new Set(list.checked);
  const ids = shownChoices(list).map(({ id }) => id);
  const all = ids.every((id) => checked.has(id));
  for (const id of ids) {
    if (all) checked.delete(id);
    else checked.add(id);
  }
  return { ...list, checked };
}
