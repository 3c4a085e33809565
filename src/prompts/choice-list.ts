/** One line of a list. All of it is safe for a terminal already. */
export interface Choice {
  readonly id: string;
  readonly label: string;
  /** What is shown behind it, and searched as well. */
  readonly detail: string;
  /** Choices of one group stand together under its name. */
  readonly group?: string | undefined;
}

/** A key as a terminal sends it, by its name, or as the character it types. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  readonly sequence?: string | undefined;
}

/** A list that filters as one types; with several choices, each can be checked. */
export interface ChoiceList {
  readonly choices: readonly Choice[];
  /** Undefined where exactly one is chosen. */
  readonly checked: ReadonlySet<string> | undefined;
  readonly filter: string;
  /** Among the choices shown. */
  readonly cursor: number;
  readonly end?: 'accepted' | 'cancelled';
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
 * cancels; Enter accepts. Anything else that types a character filters.
 *
 * @param page how many lines Page Up and Page Down move
 */
export function press(list: ChoiceList, key: Key, page: number): ChoiceList {
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
    case 'backspace':
      return filtered(list, [...list.filter].slice(0, -1).join(''));
    case 'ctrl-a':
      return toggledAll(list);
    case 'space':
      return list.checked ? toggled(list) : typed(list, ' ');
    default:
      return key.ctrl || key.meta ? list : typed(list, key.sequence ?? '');
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

/** Keeps the cursor on its choice if that is still shown. */
function filtered(list: ChoiceList, filter: string): ChoiceList {
  const under = highlighted(list)?.id;
  const next = { ...list, filter };
  const index = shownChoices(next).findIndex(({ id }) => id === under);
  return { ...next, cursor: Math.max(0, index) };
}

function typed(list: ChoiceList, text: string): ChoiceList {
  // Escape sequences of keys that mean nothing here type nothing.
  return text === '' || /\p{Cc}/u.test(text) ? list : filtered(list, list.filter + text);
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
