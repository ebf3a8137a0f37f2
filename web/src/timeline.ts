// The timeline under the world: a slider over all ticks, on a picture of how many lived and died
// when, and the buttons that play, step, jump and fork.
import { byId, el, icon, setHidden, setText, throttle } from './dom';
import { cssColour, penOf } from './draw';
import type { Happening } from './history';
import { serialOf } from './protocol';
import {
  clampTick,
  grouped,
  growSpan,
  reveal,
  SPEEDS,
  zoomSpan,
  type Bucket,
  type Span,
} from './timeline_model';
import type { Visit } from './visit';

const BUCKETS = 200;
const RECORDS_MAX = 20_000_000; // of a history that is looked through as a whole

export interface TimelineHost {
  notice(text: string): void;
  overview(buckets: Bucket[]): void;
  fork(tick: number | null): Promise<void>;
  select(id: string): void;
}

export class Timeline {
  private readonly track = byId<HTMLInputElement>('track');
  private readonly canvas = byId<HTMLCanvasElement>('track-canvas');
  private readonly tickInput = byId<HTMLInputElement>('tick');
  private readonly speed = byId<HTMLSelectElement>('speed');
  private readonly abort = new AbortController();
  private view: Span = { first: 0, last: 1 };
  private whole: Span = { first: 0, last: 1 };
  private buckets: Bucket[] = [];
  private bucketsUpTo = -1;
  private isReading = false;
  private isDragged = false;
  private readonly redraw = throttle(100, () => this.draw());

  constructor(
    private readonly visit: Visit,
    private readonly host: TimelineHost,
  ) {
    this.speed.replaceChildren(...SPEEDS.map((s) => el('option', { value: s }, `×${grouped(s)}`)));
    this.speed.value = String(visit.replay.speed);
    const on = (id: string, type: string, work: (e: Event) => void) =>
      byId(id).addEventListener(type, work, { signal: this.abort.signal });
    on('track', 'input', () => this.drag());
    on('track', 'change', () => (this.isDragged = false));
    on('track', 'wheel', (e) => this.wheel(e as WheelEvent));
    on('play', 'click', () => this.playOrPause(1));
    on('play-back', 'click', () => this.playOrPause(-1));
    on('step', 'click', () => this.step(1));
    on('step-back', 'click', () => this.step(-1));
    on('speed', 'change', () => void visit.replay.setSpeed(Number(this.speed.value)));
    on('birth-back', 'click', () => void this.jump('birth', false));
    on('birth-next', 'click', () => void this.jump('birth', true));
    on('death-back', 'click', () => void this.jump('death', false));
    on('death-next', 'click', () => void this.jump('death', true));
    on('live', 'click', () => void visit.goLive());
    on('fork', 'click', () => void this.host.fork(visit.mode === 'past' ? visit.tick : null));
    on('tick-form', 'submit', (e) => {
      e.preventDefault();
      this.goToTyped();
    });
    new ResizeObserver(() => this.redraw()).observe(this.canvas);
  }

  close(): void {
    this.abort.abort();
  }

  playOrPause(direction: -1 | 1): void {
    if (this.visit.replay.direction === direction) this.visit.replay.stop();
    else void this.visit.replay.play(direction);
  }

  step(ticks: number): void {
    void this.visit.goTo(this.visit.tick + ticks);
  }

  /** To the next birth or death, and says whose it was. */
  async jump(what: Happening, forwards: boolean): Promise<void> {
    const { visit } = this;
    if (!visit.span) return;
    visit.replay.stop();
    setText(byId('track-note'), `looking for a ${what}…`);
    try {
      const found = await visit.history.find(what, visit.tick, forwards, visit.span);
      if (found === null) {
        this.host.notice(`There is no ${what} ${forwards ? 'after' : 'before'} this.`);
        return;
      }
      const before = new Set(visit.store.bots().map((b) => b.id));
      await visit.goTo(found);
      if (what === 'death') await this.tellDeaths(found);
      else this.tellBirths(found, before);
    } catch (why) {
      visit.complain(why);
    } finally {
      setText(byId('track-note'), '');
    }
  }

  /** What is shown of the visit's time. */
  update(): void {
    const { visit } = this;
    const has = visit.span !== null;
    setHidden(byId('no-history'), has || visit.whyNoHistory === '');
    setText(byId('no-history'), has ? '' : `There is no timeline: ${visit.whyNoHistory}.`);
    for (const part of this.parts()) part.disabled = !has;
    if (visit.span) this.updateSpan(visit.span);
    if (!this.isDragged) this.track.value = String(visit.tick);
    if (document.activeElement !== this.tickInput) this.tickInput.value = grouped(visit.tick);
    this.track.setAttribute('aria-valuetext', `tick ${visit.tick} of ${this.whole.last}`);
    this.updateButtons();
    this.redraw();
  }

  /** Reads how many lived and died; the more of it anew the longer the history. */
  async readOverview(): Promise<void> {
    const { span } = this.visit;
    if (!span || this.isReading || document.hidden || span.last <= span.first) return;
    const grown = span.last - this.bucketsUpTo;
    if (this.bucketsUpTo >= 0 && grown < Math.max(2, (span.last - span.first) / BUCKETS)) return;
    this.isReading = true;
    try {
      const stats = await this.visit.history.stats();
      if (stats.records > RECORDS_MAX)
        return setText(byId('track-note'), 'too long a history for a picture of it');
      this.buckets = await this.visit.history.overview(span, BUCKETS);
      this.bucketsUpTo = span.last;
      this.host.overview(this.buckets);
      this.redraw();
    } catch {
      // There is no picture for now; the next reading may have one.
    } finally {
      this.isReading = false;
    }
  }

  private parts(): (HTMLInputElement | HTMLButtonElement | HTMLSelectElement)[] {
    return [...byId('timeline').querySelectorAll<HTMLInputElement>('input, button, select')];
  }

  private updateSpan(span: Span): void {
    this.view = reveal(growSpan(this.view, this.whole, span), span, this.visit.tick);
    this.whole = span;
    this.track.min = String(this.view.first);
    this.track.max = String(this.view.last);
    setText(byId('track-first'), `tick ${grouped(this.view.first)}`);
    setText(byId('track-last'), grouped(this.view.last));
  }

  private updateButtons(): void {
    const { replay, mode, isLoading } = this.visit;
    const swap = (id: string, name: string) => {
      const use = byId(id).querySelector('use');
      if (use?.getAttribute('href') !== `#i-${name}`) byId(id).replaceChildren(icon(name));
    };
    swap('play', replay.direction === 1 ? 'pause' : 'play');
    swap('play-back', replay.direction === -1 ? 'pause' : 'back');
    byId('play').setAttribute('aria-label', replay.direction === 1 ? 'Pause' : 'Play');
    byId('play-back').setAttribute(
      'aria-label',
      replay.direction === -1 ? 'Pause' : 'Play backwards',
    );
    byId('live').setAttribute('aria-pressed', String(mode === 'live'));
    byId('timeline').classList.toggle('is-loading', isLoading);
    this.speed.value = String(replay.speed);
  }

  private drag(): void {
    this.isDragged = true;
    const tick = Number(this.track.value);
    this.tickInput.value = grouped(tick);
    void this.visit.goTo(tick).then(() => (this.isDragged = false));
  }

  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const box = this.track.getBoundingClientRect();
    const share = (event.clientX - box.left) / Math.max(1, box.width);
    const at = this.view.first + share * (this.view.last - this.view.first);
    this.zoom(event.deltaY > 0 ? 1.3 : 1 / 1.3, at);
  }

  /** Shows fewer or more ticks, about the present one if no other is said. */
  zoom(factor: number, at = this.visit.tick): void {
    this.view = zoomSpan(this.view, this.whole, at, factor);
    this.update();
  }

  private goToTyped(): void {
    const tick = Number(this.tickInput.value.replace(/[^\d]/g, ''));
    this.tickInput.blur();
    if (this.visit.span) void this.visit.goTo(clampTick(tick, this.visit.span));
  }

  private async tellDeaths(tick: number): Promise<void> {
    const deaths = await this.visit.history.deathsBefore(tick);
    if (deaths.length === 0) return;
    const said = deaths
      .slice(0, 3)
      .map((d) => `${d.name || `bot ${serialOf(d.bot)}`} of ${d.cause}`);
    const more = deaths.length > 3 ? ` and ${deaths.length - 3} more` : '';
    this.host.notice(`Died before tick ${grouped(tick)}: ${said.join(', ')}${more}`);
    const heir = deaths[0].heir;
    if (heir && this.visit.store.things.has(heir)) this.host.select(heir);
  }

  private tellBirths(tick: number, before: Set<string>): void {
    const youngest = this.visit.store
      .bots()
      .filter((b) => !before.has(b.id))
      .sort((a, b) => (a.id < b.id ? 1 : -1))[0];
    this.host.notice(
      `Tick ${grouped(tick)}: ${youngest ? `bot ${serialOf(youngest.id)} is born` : 'a birth'}`,
    );
    if (youngest) this.host.select(youngest.id);
  }

  private draw(): void {
    const on = penOf(this.canvas);
    if (!on) return;
    const { pen, width, height } = on;
    const { first, last } = this.view;
    const x = (tick: number) => ((tick - first) / Math.max(1, last - first)) * width;
    const top = Math.max(1, ...this.buckets.map((b) => b.bot ?? 0));
    const most = Math.max(1, ...this.buckets.map((b) => Math.max(b.births, b.deaths)));
    const middle = height - 2;
    pen.fillStyle = cssColour('--series');
    pen.globalAlpha = 0.18;
    pen.beginPath();
    pen.moveTo(x(this.buckets[0]?.tick ?? 0), middle);
    for (const b of this.buckets)
      pen.lineTo(x(b.tick), middle - ((b.bot ?? 0) / top) * (height - 8));
    // What came since the last reading is as it was then.
    const end = this.buckets.at(-1);
    if (end) {
      pen.lineTo(x(this.whole.last), middle - ((end.bot ?? 0) / top) * (height - 8));
      pen.lineTo(x(this.whole.last), middle);
    }
    pen.fill();
    pen.globalAlpha = 1;
    this.buckets.forEach((b, i) => {
      const before = this.buckets[i - 1]?.tick ?? this.whole.first;
      const wide = Math.max(1.5, (x(b.tick) - x(before)) / 2 - 0.5);
      const bar = (count: number, at: number, colour: string) => {
        if (count === 0) return;
        pen.fillStyle = cssColour(colour);
        const tall = 3 + (count / most) * (height * 0.55);
        pen.fillRect(at, middle - tall, wide, tall);
      };
      bar(b.births, x(before), '--birth');
      bar(b.deaths, x(before) + wide, '--death');
    });
  }
}
