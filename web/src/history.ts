// What the page asks of a world's past. States come on one link and searches on another, so that a
// long search does not hold up the timeline.
import type { Link } from './link';
import type { HistoryRecord, Thing, World } from './protocol';
import { bucketTicks, windows, type Bucket, type Span } from './timeline_model';

export interface Moment {
  seq: number;
  tick: number;
}

export interface Stats {
  records: number;
  bytes: number;
  base: Moment;
  first: Moment;
  last: Moment;
}

export interface State {
  seq: number;
  tick: number;
  world: World;
  things: Thing[];
}

export interface DeathLine {
  seq: number;
  tick: number;
  bot: string;
  name: string;
  cause: string;
  age: number | null;
  generation: number | null;
  heir: string | null;
}

export type Happening = 'birth' | 'death';

const THINGS_MAX = 100_000;
const RECORDS_BACK = 20_000; // looked through for what a thing did lately
const PAGES_MAX = 50; // of one question

export class History {
  private base = -1; // the tick that the history begins with

  constructor(
    private readonly states: Link,
    private readonly searches: Link,
    readonly world: string,
  ) {}

  async stats(): Promise<Stats> {
    const stats = await this.states.ask<Stats>('history.stats', { world: this.world });
    this.base = stats.base.tick;
    return stats;
  }

  async state(tick: number): Promise<State> {
    type Page = { seq: number; tick: number; world: World; items: Thing[] };
    const page = await this.states.ask<Page>('history.state', {
      world: this.world,
      at: { tick },
      limit: THINGS_MAX,
    });
    // The world itself is the first of its things; it is not drawn as one.
    const things = page.items.filter((t) => t.kind !== 'world');
    return { seq: page.seq, tick: page.tick, world: page.world, things };
  }

  /** Births, deaths, actions and numbers of a stretch of ticks, in so many buckets. */
  overview(span: Span, buckets: number): Promise<Bucket[]> {
    return this.population(span, bucketTicks(span, buckets));
  }

  /** The tick at which the next such thing has happened, before or after a tick. */
  async find(
    what: Happening,
    from: number,
    forwards: boolean,
    whole: Span,
  ): Promise<number | null> {
    for (const window of windows(from, forwards, whole)) {
      const found = await this.findIn(what, window, forwards);
      if (found !== null) return found;
    }
    return null;
  }

  /** What died in the tick before a tick. */
  async deathsBefore(tick: number): Promise<DeathLine[]> {
    const page = await this.searches.ask<{ items: DeathLine[] }>('history.export', {
      world: this.world,
      what: 'deaths',
      from: { tick: tick - 1 },
      to: { tick },
      limit: 100,
    });
    return page.items;
  }

  /** The last records of what a bot did, or of what was done to another thing; newest first. */
  async recent(thing: Thing, upTo: number | null, limit: number): Promise<HistoryRecord[]> {
    const about = thing.kind === 'bot' ? { bot: thing.id } : { thing: thing.id };
    const stats = await this.searches.ask<Stats>('history.stats', { world: this.world });
    const to = Math.min(upTo ?? stats.last.seq, stats.last.seq);
    const found: HistoryRecord[] = [];
    let from = Math.max(stats.base.seq + 1, to - RECORDS_BACK);
    for (let page = 0; page < PAGES_MAX && from <= to; ++page) {
      const read = await this.searches.ask<{ records: HistoryRecord[]; next?: number }>(
        'history.read',
        { world: this.world, from, to, ...about, limit: 1000 },
      );
      found.push(...read.records);
      if (found.length > limit) found.splice(0, found.length - limit);
      if (!read.next) break;
      from = read.next;
    }
    return found.reverse();
  }

  /** Why a thing is as it is, in sentences. */
  async explain(id: string, tick: number | null): Promise<string[]> {
    const at = tick === null ? {} : { at: { tick } };
    const told = await this.searches.ask<{ lines: string[] }>('history.explain', { id, ...at });
    return told.lines;
  }

  private async findIn(what: Happening, window: Span, forwards: boolean): Promise<number | null> {
    const every = bucketTicks(window, 64);
    const lines = await this.population(window, every);
    const key = what === 'birth' ? 'births' : 'deaths';
    // A line says what happened before its tick.
    const fits = (b: Bucket) =>
      b[key] > 0 && (forwards ? b.tick > window.first : b.tick < window.last || every > 1);
    const hits = lines.filter(fits);
    if (!forwards) hits.reverse();
    for (const hit of hits) {
      if (every === 1) return hit.tick;
      const first = Math.max(window.first, hit.tick - every);
      const inner = await this.findIn(
        what,
        { first, last: Math.min(hit.tick, window.last) },
        forwards,
      );
      if (inner !== null) return inner;
    }
    return null;
  }

  private async population(span: Span, every: number): Promise<Bucket[]> {
    const lines: Bucket[] = [];
    // The first moment of all has no record before it: leaving it out means the very first one.
    let from: object | undefined = span.first > this.base ? { tick: span.first } : undefined;
    for (let page = 0; page < PAGES_MAX; ++page) {
      const read = await this.searches.ask<{ items: Bucket[]; next?: number }>('history.export', {
        world: this.world,
        what: 'population',
        ...(from && { from }),
        to: { tick: span.last },
        every,
        limit: 10_000,
      });
      lines.push(...read.items);
      if (!read.next) break;
      from = { seq: read.next };
    }
    return lines;
  }
}
