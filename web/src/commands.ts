// What the keys and buttons of a world's page do, by name.
import { byId } from './dom';
import { openHelp } from './shell';
import type { WorldPage } from './world_page';

function toggleFollow(page: WorldPage): void {
  if (page.selected) page.follow(page.followed ? null : page.selected);
  else page.notice('Select a figure first: then F follows it.');
}

function toggleNames(page: WorldPage): void {
  if (!page.view) return;
  const { labels, stage } = page.view;
  labels.showsAll = !labels.showsAll;
  byId('names').setAttribute('aria-pressed', String(labels.showsAll));
  stage.invalidate();
}

function fit(page: WorldPage): void {
  page.follow(null);
  page.view?.fit();
}

function fork(page: WorldPage): void {
  const { mode, tick } = page.visit;
  void page.fork(mode === 'past' ? tick : null);
}

const COMMANDS: Record<string, (page: WorldPage) => void> = {
  fit,
  follow: toggleFollow,
  names: toggleNames,
  play: (page) => page.timeline.playOrPause(1),
  'play-back': (page) => page.timeline.playOrPause(-1),
  step: (page) => page.timeline.step(1),
  'step-back': (page) => page.timeline.step(-1),
  leap: (page) => page.timeline.step(10),
  'leap-back': (page) => page.timeline.step(-10),
  'death-back': (page) => void page.timeline.jump('death', false),
  'death-next': (page) => void page.timeline.jump('death', true),
  'birth-back': (page) => void page.timeline.jump('birth', false),
  'birth-next': (page) => void page.timeline.jump('birth', true),
  'fewer-ticks': (page) => page.timeline.zoom(0.5),
  'more-ticks': (page) => page.timeline.zoom(2),
  live: (page) => void page.visit.goLive(),
  fork,
  join: (page) => page.openJoin(),
  help: openHelp,
  charts: (page) => page.tabs.show('charts'),
  list: (page) => page.tabs.show('list'),
  thing: (page) => page.tabs.show('thing'),
  escape: (page) => page.select(null),
};

export function runCommand(page: WorldPage, command: string): void {
  COMMANDS[command]?.(page);
}
