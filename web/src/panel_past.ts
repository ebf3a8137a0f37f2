// The part of the panel that asks the past: what the selected thing did lately, and its story.
import { el } from './dom';
import type { HistoryRecord, Thing } from './protocol';
import { grouped } from './timeline_model';
import type { Visit } from './visit';
import { recordText } from './words';

const RECORDS_SHOWN = 12;
const AGAIN_MS = 2000; // between two looks of its own accord

export class PanelPast {
  readonly node = el('section', { 'aria-label': 'History' });
  private thing: Thing | null = null;
  private list: HTMLElement | null = null; // null: there is no history
  private isReading = false;
  private readSeq = -1; // what the list tells of is up to here
  private readAt = 0;

  constructor(
    private readonly host: { readonly visit: Visit },
    private readonly nameOf: (id: string, kind?: string) => string,
  ) {}

  show(thing: Thing): void {
    this.thing = thing;
    const what = thing.kind === 'bot' ? 'What it did' : 'What was done to it';
    const title = el('h3', {}, what);
    this.list = null;
    this.readSeq = -1;
    if (!this.host.visit.span) {
      this.node.replaceChildren(title, el('p', { class: 'note' }, 'This server keeps no history.'));
      return;
    }
    const list = el('ul', { class: 'records' });
    const story = el('div', { class: 'story' });
    const again = el('button', { type: 'button' }, 'Look again');
    const why = el('button', { type: 'button', id: 'panel-story' }, 'Its story');
    again.addEventListener('click', () => void this.fillRecords());
    why.addEventListener('click', () => void this.fillStory(story));
    this.node.replaceChildren(title, list, el('div', { class: 'row' }, again, why), story);
    this.list = list;
    list.append(el('li', {}, '…'));
    void this.fillRecords();
  }

  /** Looks again where something has happened since, and the last look is some time ago. */
  refresh(): void {
    const isDue = performance.now() - this.readAt > AGAIN_MS;
    if (isDue && this.host.visit.store.seq !== this.readSeq) void this.fillRecords();
  }

  private async fillRecords(): Promise<void> {
    const { thing, list } = this;
    const { visit } = this.host;
    if (!thing || !list || this.isReading) return;
    this.isReading = true;
    this.readSeq = visit.store.seq;
    try {
      const upTo = visit.mode === 'past' ? visit.store.seq : null;
      const records = await visit.history.recent(thing, upTo, RECORDS_SHOWN);
      if (list !== this.list) return;
      list.replaceChildren(...records.map((r) => this.recordLine(r, thing.id)));
      if (records.length === 0) list.append(el('li', {}, el('span'), 'nothing lately'));
    } catch (why) {
      list.replaceChildren(el('li', { class: 'note' }, (why as Error).message));
    } finally {
      this.isReading = false;
      this.readAt = performance.now();
      if (list !== this.list) void this.fillRecords();
    }
  }

  private recordLine(record: HistoryRecord, id: string): HTMLElement {
    const tick = { type: 'button', class: 'tick-link', title: 'Go to this tick' };
    const go = el('button', tick, grouped(record.tick));
    go.addEventListener('click', () => void this.host.visit.goTo(record.tick));
    const isBad = record.outcome !== 'done' && 'is-bad';
    return el('li', {}, go, el('span', { class: isBad }, recordText(record, id, this.nameOf)));
  }

  private async fillStory(story: HTMLElement): Promise<void> {
    const { visit } = this.host;
    const id = this.thing?.id;
    if (!id) return;
    story.replaceChildren(el('p', { class: 'note' }, 'Reading its history…'));
    try {
      const lines = await visit.history.explain(id, visit.mode === 'past' ? visit.tick : null);
      story.replaceChildren(...lines.map((line) => el('p', {}, line)));
    } catch (why) {
      story.replaceChildren(el('p', { class: 'note' }, (why as Error).message));
    }
  }
}
