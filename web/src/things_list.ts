// The things as a list: what a mouse finds in the picture, keyboard and screen reader find here.
import { kindColour, thirstColour } from './colours';
import { el, setText } from './dom';
import type { Thing } from './protocol';
import { serialOf, titleOf } from './protocol';
import type { ThingStore } from './store';
import { placeText } from './words';
import { Color } from 'three';

const ROWS_MAX = 200; // more is found by typing

/** Bots first, then by kind and number. */
export function inOrder(a: Thing, b: Thing): number {
  const isBot = (t: Thing) => (t.kind === 'bot' ? 0 : 1);
  return isBot(a) - isBot(b) || a.kind.localeCompare(b.kind) || (a.id < b.id ? -1 : 1);
}

/** Whether a thing is what somebody types: its name, kind, or number. */
export function isFound(thing: Thing, typed: string): boolean {
  const text = `${titleOf(thing)} ${thing.kind} ${serialOf(thing.id)} ${thing.mind ?? ''}`;
  return typed
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
}

export class ThingsList {
  private readonly search = el('input', {
    type: 'search',
    placeholder: 'name, kind or number',
    'aria-label': 'Find a thing',
  });
  private readonly note = el('p', { class: 'note', role: 'status' });
  private readonly list = el('ul', { class: 'things' });
  private readonly rows = new Map<string, HTMLButtonElement>();

  constructor(
    readonly pane: HTMLElement,
    private readonly store: ThingStore,
    private readonly select: (id: string) => void,
    private readonly selected: () => string | null,
  ) {
    this.search.addEventListener('input', () => this.update());
    this.list.addEventListener('keydown', (e) => this.walk(e));
    pane.replaceChildren(el('div', { class: 'list-tools' }, this.search), this.note, this.list);
  }

  /** Keeps the rows that are there, so that the focus stays where it is. */
  update(): void {
    const found = [...this.store.things.values()].filter((t) => isFound(t, this.search.value));
    const shown = found.sort(inOrder).slice(0, ROWS_MAX);
    const more = found.length - shown.length;
    const others = more > 0 ? `, of which ${ROWS_MAX} are listed: type to find others` : '';
    setText(this.note, `${found.length} things${others}`);
    const wanted = new Set(shown.map((t) => t.id));
    for (const [id, row] of this.rows) {
      if (wanted.has(id)) continue;
      row.parentElement?.remove();
      this.rows.delete(id);
    }
    shown.forEach((thing, i) => {
      const row = this.rows.get(thing.id) ?? this.make(thing);
      this.fill(row, thing);
      const item = row.parentElement as HTMLElement;
      if (this.list.children[i] !== item)
        this.list.insertBefore(item, this.list.children[i] ?? null);
    });
  }

  private make(thing: Thing): HTMLButtonElement {
    const row = el(
      'button',
      { type: 'button' },
      el('i', { class: thing.kind === 'bot' ? 'dot' : 'dot is-square' }),
      el('span', { class: 'what' }),
      el('span', { class: 'where' }),
    );
    row.addEventListener('click', () => this.select(thing.id));
    this.list.append(el('li', {}, row));
    this.rows.set(thing.id, row);
    return row;
  }

  private fill(row: HTMLButtonElement, thing: Thing): void {
    const [dot, what, where] = row.children as unknown as HTMLElement[];
    const { drink } = thing.props;
    dot.style.background =
      thing.kind === 'bot'
        ? `#${thirstColour(drink, new Color()).getHexString()}`
        : kindColour(thing.kind);
    const thirst = typeof drink === 'number' ? ` · ${Math.round(drink * 100)} % water` : '';
    setText(what, `${titleOf(thing)}${thirst}`);
    setText(where, placeText(thing.pos));
    if (thing.id === this.selected()) row.setAttribute('aria-current', 'true');
    else row.removeAttribute('aria-current');
  }

  private walk(event: KeyboardEvent): void {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    const buttons = [...this.list.querySelectorAll('button')];
    const at = buttons.indexOf(document.activeElement as HTMLButtonElement);
    buttons[Math.max(0, Math.min(buttons.length - 1, at + step))]?.focus();
    event.preventDefault();
    event.stopPropagation();
  }
}
