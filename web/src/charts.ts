// The charts beside the world. Live they show the last minutes; in the past the whole history, with
// a mark where it is looked at. Drawn at most once a second, and only while they are seen.
import { thirstColour } from './colours';
import { el, setText } from './dom';
import { cssColour, drawBars, drawLine } from './draw';
import { histogram, numbersOf, Rate, Recent, roundUp, type Sample } from './series';
import type { Bucket } from './timeline_model';
import { grouped } from './timeline_model';
import type { Visit } from './visit';
import { Color } from 'three';

const RECENT_SECONDS = 300;
const CLASSES = 16;

interface Chart {
  canvas: HTMLCanvasElement;
  value: HTMLOutputElement;
  left: HTMLElement;
  right: HTMLElement;
  title: HTMLElement;
}

export class Charts {
  overview: Bucket[] = [];
  private readonly population = new Recent(RECENT_SECONDS);
  private readonly speed = new Recent(RECENT_SECONDS);
  private readonly rate = new Rate();
  private readonly populationChart: Chart;
  private readonly speedChart: Chart;
  private readonly ageChart: Chart;
  private readonly thirstChart: Chart;
  private readonly causes = el('div', { class: 'causes' });
  private readonly deathsTotal = el('output');

  constructor(
    readonly pane: HTMLElement,
    private readonly visit: Visit,
  ) {
    this.pane.replaceChildren();
    this.populationChart = this.make('Population');
    this.speedChart = this.make('Actions a second');
    this.thirstChart = this.make('Water of the living');
    this.ageChart = this.make('Age of the living');
    this.pane.append(
      el(
        'section',
        { class: 'chart' },
        el('div', { class: 'chart-head' }, el('h3', {}, 'Deaths by cause'), this.deathsTotal),
        this.causes,
      ),
    );
  }

  get actionsPerSecond(): number | null {
    return this.visit.mode === 'live' ? this.speed.last : null;
  }

  /** The living world, as it is now. */
  sample(): void {
    if (this.visit.mode === 'live')
      this.population.add(performance.now() / 1000, this.visit.store.count('bot'));
  }

  /** The world's own numbers came anew. */
  sampleWorld(): void {
    const at = performance.now() / 1000;
    const speed = this.rate.read(at, this.visit.world.actions);
    if (speed !== null) this.speed.add(at, speed);
  }

  /** The link broke: what comes next does not join on. */
  gap(): void {
    this.rate.clear();
  }

  draw(): void {
    if (this.pane.hidden) return;
    const bots = this.visit.store.bots();
    if (this.visit.mode === 'live') this.drawRecent(bots.length);
    else this.drawHistory(bots.length);
    this.drawAges(numbersOf(bots, 'age'));
    this.drawThirst(numbersOf(bots, 'drink'));
    this.drawCauses();
  }

  private make(title: string): Chart {
    const canvas = el('canvas', { role: 'img', 'aria-label': title });
    const head = el('h3', {}, title);
    const value = el('output');
    const left = el('span');
    const right = el('span');
    this.pane.append(
      el(
        'section',
        { class: 'chart' },
        el('div', { class: 'chart-head' }, head, value),
        canvas,
        el('div', { class: 'chart-foot' }, left, right),
      ),
    );
    return { canvas, value, left, right, title: head };
  }

  private line(
    chart: Chart,
    title: string,
    samples: Sample[],
    axis: [number, number],
    now: string,
    ends: [string, string],
    mark: number | null,
  ): void {
    const top = roundUp(Math.max(1, ...samples.map((s) => s.value)));
    drawLine(chart.canvas, samples, axis, top, mark);
    setText(chart.title, title);
    setText(chart.value, now);
    setText(chart.left, ends[0]);
    setText(chart.right, `${ends[1]} · top ${grouped(top)}`);
    chart.canvas.setAttribute('aria-label', `${title}: ${now} now, at most ${grouped(top)}`);
  }

  private drawRecent(bots: number): void {
    const now = performance.now() / 1000;
    const since = Math.min(this.population.samples[0]?.at ?? now, now - 60);
    const axis: [number, number] = [since, now];
    const minutes = Math.round((now - since) / 60);
    const ends: [string, string] = [`${minutes} min ago`, 'now'];
    const speed = this.speed.last;
    this.line(
      this.populationChart,
      'Population',
      this.population.samples,
      axis,
      grouped(bots),
      ends,
      null,
    );
    this.line(
      this.speedChart,
      'Actions a second',
      this.speed.samples,
      axis,
      speed === null ? '–' : grouped(speed),
      ends,
      null,
    );
  }

  private drawHistory(bots: number): void {
    const { span } = this.visit;
    const tick = this.visit.tick;
    if (!span) return;
    const axis: [number, number] = [span.first, span.last];
    const ends: [string, string] = [`tick ${grouped(span.first)}`, `tick ${grouped(span.last)}`];
    const population = this.overview.map((b) => ({ at: b.tick, value: b.bot ?? 0 }));
    const actions = this.overview.map((b, i) => ({
      at: b.tick,
      value: b.actions / Math.max(1, b.tick - (this.overview[i - 1]?.tick ?? span.first)),
    }));
    const near = actions.find((a) => a.at >= tick);
    this.line(
      this.populationChart,
      'Population, whole history',
      population,
      axis,
      grouped(bots),
      ends,
      tick,
    );
    this.line(
      this.speedChart,
      'Actions a tick, whole history',
      actions,
      axis,
      near ? grouped(near.value) : '–',
      ends,
      tick,
    );
  }

  private drawAges(ages: number[]): void {
    const lifespan = this.visit.world.rules?.lifespan;
    const oldest = Math.max(1, ...ages);
    const high = typeof lifespan === 'number' && oldest > lifespan / 6 ? lifespan : roundUp(oldest);
    const { counts } = histogram(ages, CLASSES, 0, high);
    drawBars(this.ageChart.canvas, counts, () => cssColour('--series'));
    const mean = ages.reduce((a, b) => a + b, 0) / Math.max(1, ages.length);
    setText(this.ageChart.value, ages.length ? `mean ${grouped(mean)}` : '–');
    setText(this.ageChart.left, '0');
    setText(this.ageChart.right, `${grouped(high)} actions`);
    this.ageChart.canvas.setAttribute(
      'aria-label',
      `Age: mean ${grouped(mean)} actions, oldest ${grouped(oldest)}`,
    );
  }

  private drawThirst(levels: number[]): void {
    const { counts } = histogram(levels, CLASSES, 0, 1);
    const colour = new Color();
    drawBars(
      this.thirstChart.canvas,
      counts,
      (i) => `#${thirstColour((i + 0.5) / CLASSES, colour).getHexString()}`,
    );
    const thirsty = levels.filter((x) => x < 0.25).length;
    setText(this.thirstChart.value, levels.length ? `${grouped(thirsty)} below 25 %` : '–');
    setText(this.thirstChart.left, 'dying of thirst');
    setText(this.thirstChart.right, 'full');
    this.thirstChart.canvas.setAttribute(
      'aria-label',
      `Water: ${thirsty} of ${levels.length} below a quarter`,
    );
  }

  private drawCauses(): void {
    const causes = Object.entries(this.visit.deaths)
      .sort((a, b) => b[1] - a[1])
      .slice(0, 8);
    const total = Object.values(this.visit.deaths).reduce((a, b) => a + b, 0);
    setText(this.deathsTotal, grouped(total));
    const most = Math.max(1, ...causes.map(([, n]) => n));
    if (this.causes.childElementCount !== causes.length * 3)
      this.causes.replaceChildren(
        ...causes.flatMap(() => [el('span'), el('i', { class: 'bar-of' }), el('span')]),
      );
    causes.forEach(([cause, count], i) => {
      const [name, bar, number] = [...this.causes.children].slice(
        i * 3,
        i * 3 + 3,
      ) as HTMLElement[];
      setText(name, cause);
      bar.style.width = `${(count / most) * 100}%`;
      setText(number, grouped(count));
    });
  }
}
