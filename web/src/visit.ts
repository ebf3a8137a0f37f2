// One visit to a world: what is shown of it and when. Live, its deltas come from a subscription
// that resumes where it was after each reconnect; in the past, states and reruns come from its
// history. Knows nothing of the document.
import { History, type State } from './history';
import { Disconnected, RemoteError, type Link } from './link';
import type { Delta, Snapshot, Subscribed, World } from './protocol';
import { Replay, type ReplayHost } from './replay';
import { ThingStore, type Changes } from './store';
import { clampTick, type Span } from './timeline_model';

export interface Links {
  live: Link; // the world as it is, and the bot that this page speaks for
  past: Link; // states and reruns
  study: Link; // long searches
}

export interface VisitEvents {
  things(changes: Changes, glides: boolean): void;
  world(): void; // its numbers changed
  mode(): void; // live or past, playing or not, another tick
  notice(text: string): void;
}

const LIVE_HZ = 12;
const CROWD_HZ = 5; // beyond so many things a delta is large
const CROWD = 2500;
const GLIDE_TICKS = 40; // a jump over more is no movement

export class Visit implements ReplayHost {
  readonly store = new ThingStore();
  readonly history: History;
  readonly replay: Replay;
  span: Span | null = null; // null: there is no history to ask
  whyNoHistory = '';
  mode: 'live' | 'past' = 'live';
  isLoading = false;
  deaths: Record<string, number> = {}; // by cause, up to what is shown

  private sub = 0;
  private wanted: number | null = null;
  private isClosed = false;

  constructor(
    readonly links: Links,
    public world: World,
    private readonly events: VisitEvents,
  ) {
    this.history = new History(links.past, links.study, world.id);
    this.replay = new Replay(this);
    this.deaths = { ...world.deaths };
    // A rerun does not survive its connection.
    links.past.onState = (state) => state === 'waiting' && this.replay.stop();
    links.past.onEvent = (method, params) => this.hearPast(method, params);
  }

  get tick(): number {
    return this.store.tick;
  }
  get id(): string {
    return this.world.id;
  }

  async start(tick: number | undefined): Promise<void> {
    try {
      const stats = await this.history.stats();
      this.span = { first: stats.base.tick, last: stats.last.tick };
    } catch (why) {
      if (!(why instanceof RemoteError)) throw why;
      this.whyNoHistory = why.message;
    }
    if (this.isClosed) return;
    if (tick !== undefined && this.span) await this.goTo(tick);
    else await this.subscribe();
    this.events.mode();
  }

  close(): void {
    this.isClosed = true;
    this.replay.stop();
    this.unsubscribe();
  }

  // -- live --------------------------------------------------------------------------------------

  /** After each time that the link opened: goes on from what was heard last. */
  async resume(): Promise<void> {
    this.sub = 0;
    if (this.mode === 'live' && this.store.seq > 0) await this.subscribe(this.store.seq);
    else if (this.mode === 'live') await this.subscribe();
    await this.refresh();
  }

  async goLive(): Promise<void> {
    this.replay.stop();
    this.wanted = null;
    if (this.mode === 'live') return;
    this.mode = 'live';
    this.isLoading = false;
    this.deaths = { ...this.world.deaths };
    this.events.mode();
    await this.subscribe();
  }

  /** The world's own numbers: they come in no delta. */
  async refresh(): Promise<void> {
    const world = await this.links.live.request<World>('world.get', { world: this.id });
    if (this.isClosed) return;
    this.world = world;
    if (this.span)
      this.span = { first: this.span.first, last: Math.max(world.tick, this.span.first) };
    if (this.mode === 'live') {
      this.deaths = { ...world.deaths };
      this.store.tick = Math.max(this.store.tick, world.tick);
    }
    this.events.world();
  }

  /** What the live link says unasked. */
  hearLive(method: string, params: Record<string, unknown>): void {
    if (params.sub !== this.sub || this.mode !== 'live') return;
    if (method === 'lagged') this.events.notice('This page was too slow and catches up.');
    else this.take(method, params);
  }

  private async subscribe(since?: number): Promise<void> {
    const max_hz = this.store.things.size > CROWD || this.crowd() > CROWD ? CROWD_HZ : LIVE_HZ;
    const answer = await this.links.live.request<Subscribed>('subscribe', {
      world: this.id,
      max_hz,
      ...(since !== undefined && { since }),
    });
    // While that was asked somebody may have gone to the past, or left.
    if (this.isClosed || this.mode !== 'live') {
      this.links.live.request('unsubscribe', { sub: answer.sub }).catch(() => {});
      return;
    }
    this.sub = answer.sub;
    // Behind what is shown: the server lost what it had not kept. A snapshot follows.
    if (answer.seq < this.store.seq) this.store.seq = 0;
  }

  private unsubscribe(): void {
    if (this.sub) this.links.live.request('unsubscribe', { sub: this.sub }).catch(() => {});
    this.sub = 0;
  }

  private crowd(): number {
    return Object.values(this.world.counts ?? {}).reduce((sum, n) => sum + n, 0);
  }

  // -- the past ----------------------------------------------------------------------------------

  /** Shows a tick of the history. Of many wishes in a row the last one counts. */
  async goTo(tick: number): Promise<void> {
    if (!this.span) return;
    this.replay.stop();
    this.enterPast();
    const isBusy = this.wanted !== null;
    this.wanted = clampTick(tick, this.span);
    if (isBusy) return;
    try {
      while (this.wanted !== null) {
        const now: number = this.wanted;
        this.setLoading(true);
        const state = await this.history.state(now);
        if (this.mode !== 'past' || this.isClosed) return;
        this.showState(state);
        if (this.wanted === now) this.wanted = null;
      }
    } catch (why) {
      this.wanted = null;
      this.complain(why);
    } finally {
      this.setLoading(false);
    }
  }

  enterPast(): void {
    if (this.mode === 'past') return;
    this.mode = 'past';
    this.unsubscribe();
    this.events.mode();
  }

  showState(state: State): void {
    if (this.isClosed || this.mode !== 'past') return;
    const glides = Math.abs(state.tick - this.store.tick) <= GLIDE_TICKS;
    this.deaths = { ...state.world.deaths };
    this.events.things(this.store.reset(state), glides);
    this.events.mode();
  }

  /** A rerun tells the same events as a living world. */
  take(method: string, params: Record<string, unknown>): void {
    if (method === 'snapshot') {
      const snapshot = params as unknown as Snapshot;
      const things = snapshot.things.filter((t) => t.kind !== 'world');
      this.events.things(this.store.reset({ ...snapshot, things }), true);
    } else if (method === 'delta') {
      const changes = this.store.apply(params as unknown as Delta);
      if (!changes) return;
      for (const { cause } of changes.died) this.deaths[cause] = (this.deaths[cause] ?? 0) + 1;
      this.events.things(changes, true);
    } else {
      return;
    }
    if (this.mode === 'past') this.events.mode();
  }

  changed(): void {
    this.events.mode();
  }

  complain(why: unknown): void {
    if (why instanceof Disconnected || this.isClosed) return; // the banner says so
    this.events.notice(why instanceof Error ? why.message : String(why));
  }

  private hearPast(method: string, params: Record<string, unknown>): void {
    if (this.mode === 'past') this.replay.hear(method, params);
  }

  private setLoading(isLoading: boolean): void {
    if (this.isLoading === isLoading) return;
    this.isLoading = isLoading;
    this.events.mode();
  }
}
