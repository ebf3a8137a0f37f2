// What is around the worlds: theme, banner, notices, dialogs, tabs, and the keys that are listed
// under "?".
import { byId, el, recall, remember, setHidden, setText } from './dom';
import type { LinkState } from './link';

const NOTICE_MS = 6000;
const NOTICES_MAX = 3;

/** Says something that passes. */
export function notice(text: string): void {
  const toasts = byId('toasts');
  const toast = el('div', { class: 'toast' }, text);
  toasts.append(toast);
  while (toasts.childElementCount > NOTICES_MAX) toasts.firstElementChild?.remove();
  setTimeout(() => toast.remove(), NOTICE_MS);
}

let hasBeenOpen = false;

export function showLink(state: LinkState, retry: () => void): void {
  if (state === 'open') hasBeenOpen = true;
  if (state === 'connecting') return; // the last word stands until this is decided
  setHidden(byId('banner'), state === 'open');
  setText(
    byId('banner-text'),
    hasBeenOpen
      ? 'Disconnected from the server. What you see may be old; trying again…'
      : 'The server cannot be reached; trying again…',
  );
  byId('banner-retry').onclick = retry;
}

// -- theme ---------------------------------------------------------------------------------------

const dark = matchMedia('(prefers-color-scheme: dark)');

/** As was chosen here, else as the system is. */
export function startTheme(changed: () => void): () => void {
  const apply = () => {
    const chosen = recall('unscripted.theme');
    const isDark = chosen ? chosen === 'dark' : dark.matches;
    document.documentElement.dataset.theme = isDark ? 'dark' : 'light';
    changed();
  };
  dark.addEventListener('change', apply);
  apply();
  return () => {
    const isDark = document.documentElement.dataset.theme === 'dark';
    remember('unscripted.theme', isDark ? 'light' : 'dark');
    apply();
  };
}

// -- tabs ----------------------------------------------------------------------------------------

export type Tab = 'charts' | 'list' | 'thing';
const TABS: Tab[] = ['charts', 'list', 'thing'];

export class Tabs {
  current: Tab = 'charts';
  constructor(private readonly changed: () => void) {
    for (const tab of TABS) byId(`tab-${tab}`).addEventListener('click', () => this.show(tab));
    byId('tab-charts').parentElement?.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
      if (step === 0) return;
      const next = TABS[(TABS.indexOf(this.current) + step + TABS.length) % TABS.length];
      this.show(next);
      byId(`tab-${next}`).focus();
      event.stopPropagation();
    });
  }

  show(tab: Tab): void {
    this.current = tab;
    for (const one of TABS) {
      byId(`tab-${one}`).setAttribute('aria-selected', String(one === tab));
      byId(`tab-${one}`).tabIndex = one === tab ? 0 : -1;
      setHidden(byId(`pane-${one}`), one !== tab);
    }
    this.changed();
  }
}

// -- help ----------------------------------------------------------------------------------------

const KEYS: [string, string][] = [
  ['← ↑ → ↓ or W A S D', 'move the camera over the ground'],
  ['Q E, Page Up Page Down', 'turn the camera about itself'],
  ['+ −', 'nearer, farther'],
  ['0', 'the whole world'],
  ['F', 'follow the selected, or stop following'],
  ['N', 'names of what is near'],
  ['Space, Shift+Space', 'play or pause; backwards'],
  [', .', 'a tick back, a tick on; with Shift ten'],
  ['[ ]', 'the death before, the next death'],
  ['{ }', 'the birth before, the next birth'],
  ['Z X', 'fewer ticks on the timeline, more ticks'],
  ['L', 'back to live'],
  ['G', 'fork from here'],
  ['J', 'join the world with a bot of your own'],
  ['1 2 3', 'charts, things, the selected'],
  ['T', 'light or dark'],
  ['Esc', 'let go of the selected'],
  ['?', 'this help'],
];

const POINTER: [string, string][] = [
  ['Drag', 'around what is looked at'],
  ['Right drag, or Shift', 'move over the ground'],
  ['Middle drag, or Alt', 'turn the camera about itself'],
  ['Wheel or pinch', 'nearer, farther; over the timeline: fewer, more ticks'],
  ['Click, tap', 'select; twice: go there and follow'],
];

export function openHelp(): void {
  const help = byId<HTMLDialogElement>('help');
  if (help.open) return help.close();
  const rows = (all: [string, string][]) =>
    el(
      'dl',
      { class: 'keys' },
      ...all.flatMap(([keys, what]) => [el('dt', {}, el('kbd', {}, keys)), el('dd', {}, what)]),
    );
  const close = el('button', { type: 'button', class: 'primary' }, 'Close');
  close.addEventListener('click', () => help.close());
  help.replaceChildren(
    el('div', { class: 'dialog-head' }, el('h2', { id: 'help-title' }, 'Keys and gestures'), close),
    rows(KEYS),
    rows(POINTER),
    el(
      'p',
      { class: 'note' },
      'Bots are blue when they have drunk and orange when they are thirsty; the ' +
        'colour of the head is the generation. From afar figures are drawn larger than life.',
    ),
    el('p', {}, el('a', { href: '/assets/licenses.txt' }, 'Licences of what this page contains')),
  );
  help.showModal();
  close.focus();
}
