// Playing a history. Forwards the server shows it, as a rerun at the wished speed. Backwards the
// page asks for one state after the other, each while the one before is still shown; where the
// server is slower than the wish, the steps grow longer, so that the speed stays true.
import type { History, State } from './history';
import type { Links } from './visit';
import { msOf, ticksIn, type Span } from './timeline_model';

/** What a replay needs of the visit that it belongs to. */
export interface ReplayHost {
  readonly history: History;
  readonly links: Links;
  readonly id: string;
  readonly tick: number;
  readonly span: Span | null;
  enterPast(): void;
  showState(state: State): void;
  take(method: string, params: Record<string, unknown>): void;
  goTo(tick: number): Promise<void>;
  goLive(): Promise<void>;
  changed(): void;
  complain(why: unknown): void;
}

const MAX_HZ = 15;
const BACK_FRAME_MS = 160; // between two states, where the server can keep up
const AHEAD_TICKS = 3; // so near to the end of the history it is live

export class Replay {
  direction: -1 | 0 | 1 = 0;
  speed = 1;
  private sub = 0;
  private run = 0; // each start has a number: what belongs to another is not listened to

  constructor(private readonly host: ReplayHost) {}

  get isPlaying(): boolean {
    return this.direction !== 0;
  }

  stop(): void {
    ++this.run;
    if (this.sub) this.host.links.past.request('unsubscribe', { sub: this.sub }).catch(() => {});
    this.sub = 0;
    if (this.direction === 0) return;
    this.direction = 0;
    this.host.changed();
  }

  async setSpeed(speed: number): Promise<void> {
    this.speed = speed;
    const { direction } = this;
    if (direction !== 0) await this.play(direction);
    else this.host.changed();
  }

  async play(direction: -1 | 1): Promise<void> {
    this.stop();
    if (!this.host.span) return;
    const run = ++this.run;
    this.host.enterPast();
    this.direction = direction;
    this.host.changed();
    try {
      if (direction === 1) await this.forwards(run);
      else await this.backwards(run);
    } catch (why) {
      if (run === this.run) this.stop();
      this.host.complain(why);
    }
  }

  /** An event of the link that reruns come on. */
  hear(method: string, params: Record<string, unknown>): void {
    if (!this.sub || params.sub !== this.sub) return;
    if (method === 'ended') void this.atEnd(params);
    else this.host.take(method, params);
  }

  private async forwards(run: number): Promise<void> {
    const span = this.host.span;
    if (!span) return;
    if (this.host.tick >= span.last) return this.host.goLive();
    const answer = await this.host.links.past.ask<{ sub: number }>('subscribe', {
      world: this.host.id,
      at: { tick: Math.max(this.host.tick, span.first) },
      speed: this.speed,
      max_hz: MAX_HZ,
    });
    if (run === this.run) this.sub = answer.sub;
    else this.host.links.past.request('unsubscribe', { sub: answer.sub }).catch(() => {});
  }

  /** The history went on while it was shown; where there is little left, the present is reached. */
  private async atEnd(params: Record<string, unknown>): Promise<void> {
    this.sub = 0;
    if (typeof params.trouble === 'string' && params.trouble) {
      this.stop();
      this.host.complain(new Error(params.trouble));
      return;
    }
    const left = (this.host.span?.last ?? 0) - this.host.tick;
    const soon = ticksIn(2000, this.speed);
    if (left <= Math.max(AHEAD_TICKS, soon)) await this.host.goLive();
    else await this.play(1);
  }

  private async backwards(run: number): Promise<void> {
    const first = this.host.span?.first ?? 0;
    let shownAt = performance.now();
    let tick = this.host.tick;
    let took = BACK_FRAME_MS;
    while (run === this.run && tick > first) {
      const step = ticksIn(Math.max(BACK_FRAME_MS, took), this.speed);
      const next = Math.max(first, tick - step);
      const asked = performance.now();
      const state = await this.host.history.state(next);
      took += (performance.now() - asked - took) * 0.4;
      const due = shownAt + msOf(tick - next, this.speed);
      const wait = due - performance.now();
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
      if (run !== this.run) return;
      shownAt = Math.max(due, performance.now() - 1000);
      tick = next;
      this.host.showState(state);
    }
    if (run === this.run) this.stop();
  }
}
