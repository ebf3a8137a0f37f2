// The line over a world: its name, whether it is seen live or in the past, and its numbers.
import { byId, setHidden, setText } from './dom';
import { grouped } from './timeline_model';
import type { Visit } from './visit';

const KINDS_MAX = 4;

function modeText({ links, mode, replay, tick, world }: Visit): string {
  if (links.live.state !== 'open') return 'disconnected';
  if (mode === 'past') return `${replay.isPlaying ? 'history' : 'past'} · tick ${grouped(tick)}`;
  return world.paused ? 'live · stands still' : 'live';
}

/** How many there are of each kind, bots first. */
function countTexts(visit: Visit): string[] {
  const counts = new Map<string, number>();
  for (const { kind } of visit.store.things.values()) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const rank = ([kind, count]: [string, number]) => (kind === 'bot' ? Infinity : count);
  const most = [...counts].sort((a, b) => (rank(a) > rank(b) ? -1 : 1)).slice(0, KINDS_MAX);
  const isPlain = (kind: string, count: number) => count === 1 || kind === 'food';
  return most.map(([kind, n]) => `${grouped(n)} ${kind}${isPlain(kind, n) ? '' : 's'}`);
}

export function showHeading(visit: Visit, actionsPerSecond: number | null): void {
  const { world } = visit;
  setText(byId('title'), world.name);
  const title = `${world.name} – Unscripted`;
  if (document.title !== title) document.title = title;
  const chip = byId('mode-chip');
  setText(chip, modeText(visit));
  const isOpen = visit.links.live.state === 'open';
  chip.className = `chip ${!isOpen ? 'is-off' : visit.mode === 'past' ? 'is-past' : 'is-live'}`;
  setHidden(chip, false);
  const parts = [...countTexts(visit), `tick ${grouped(visit.tick)}`];
  if (isOpen && actionsPerSecond !== null) parts.push(`${grouped(actionsPerSecond)} actions/s`);
  setText(byId('numbers'), parts.join(' · '));
  byId('canvas').setAttribute('aria-label', `${world.name}: ${parts.join(', ')}`);
}
