// The keyboard: which key does what. Keys that move the camera work while they are held down.
import type { Drive } from './rig';

export interface KeyTargets {
  drive(how: Drive, isDown: boolean): void;
  stopDriving(): void;
  run(command: string): void;
}

const DRIVES: Record<string, Drive> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'away',
  ArrowDown: 'near',
  KeyA: 'left',
  KeyD: 'right',
  KeyW: 'away',
  KeyS: 'near',
  KeyQ: 'turn-left',
  KeyE: 'turn-right',
  PageUp: 'up',
  PageDown: 'down',
};

// By what is printed on the key, so that they are where a layout has them.
const COMMANDS: Record<string, string> = {
  '0': 'fit',
  f: 'follow',
  n: 'names',
  ' ': 'play',
  ',': 'step-back',
  '.': 'step',
  '<': 'leap-back',
  '>': 'leap',
  '[': 'death-back',
  ']': 'death-next',
  '{': 'birth-back',
  '}': 'birth-next',
  l: 'live',
  g: 'fork',
  j: 'join',
  z: 'fewer-ticks',
  x: 'more-ticks',
  t: 'theme',
  '?': 'help',
  '1': 'charts',
  '2': 'list',
  '3': 'thing',
  Escape: 'escape',
};

/** Whether the key belongs to what has the focus. */
function isTaken(event: KeyboardEvent): boolean {
  const at = event.target as HTMLElement | null;
  if (!at || document.querySelector('dialog[open]')) return true;
  const isArrow = event.key.startsWith('Arrow') || event.key.startsWith('Page');
  if (at instanceof HTMLInputElement && at.type === 'range') return isArrow;
  if (at.matches('input, select, textarea')) return event.key !== 'Escape';
  if (event.key === ' ' && at.matches('button, a')) return true;
  return isArrow && !(at === document.body || at instanceof HTMLCanvasElement);
}

export function startKeys(targets: KeyTargets): void {
  const zoomOf = (key: string): Drive | null =>
    key === '+' || key === '=' ? 'zoom-in' : key === '-' || key === '_' ? 'zoom-out' : null;
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTaken(event)) return;
    const how = DRIVES[event.code] ?? zoomOf(event.key);
    const command =
      event.key === ' ' && event.shiftKey
        ? 'play-back'
        : COMMANDS[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (how) targets.drive(how, true);
    else if (command && !event.repeat) targets.run(command);
    else if (command === 'step' || command === 'step-back') targets.run(command);
    else return;
    event.preventDefault();
  });
  document.addEventListener('keyup', (event) => {
    const how = DRIVES[event.code] ?? zoomOf(event.key);
    if (how) targets.drive(how, false);
  });
  addEventListener('blur', () => targets.stopDriving());
}
