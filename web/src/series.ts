// The numbers behind the charts: samples of the living world, and how many are in which class.
import type { Thing } from './protocol';

export interface Sample {
  at: number; // seconds, or ticks
  value: number;
}

/** The last so many seconds of something. */
export class Recent {
  readonly samples: Sample[] = [];
  constructor(private readonly seconds: number) {}

  add(at: number, value: number): void {
    this.samples.push({ at, value });
    while (this.samples.length > 2 && this.samples[0].at < at - this.seconds) this.samples.shift();
  }
  get last(): number | null {
    return this.samples.at(-1)?.value ?? null;
  }
  clear(): void {
    this.samples.length = 0;
  }
}

/** A rate from a counter that is read now and then. */
export class Rate {
  private before: Sample | null = null;

  /** Returns what was added a second since the last reading, or null. */
  read(at: number, count: number): number | null {
    const { before } = this;
    // Another beginning: the counter went back, or much time was slept through.
    this.before = { at, value: count };
    if (!before || count < before.value || at <= before.at) return null;
    return (count - before.value) / (at - before.at);
  }
  clear(): void {
    this.before = null;
  }
}

export interface Histogram {
  counts: number[];
  low: number;
  high: number;
}

/** How many of the values are in each of so many classes between low and high. */
export function histogram(values: number[], classes: number, low: number, high: number): Histogram {
  const counts = new Array<number>(classes).fill(0);
  const width = (high - low) / classes || 1;
  for (const value of values) {
    const i = Math.min(classes - 1, Math.max(0, Math.floor((value - low) / width)));
    ++counts[i];
  }
  return { counts, low, high };
}

export function numbersOf(things: Thing[], property: string): number[] {
  const values: number[] = [];
  for (const thing of things) {
    const value = thing.props[property];
    if (typeof value === 'number' && Number.isFinite(value)) values.push(value);
  }
  return values;
}

/** The next round number: 1, 2 or 5 times a power of ten. */
export function roundUp(x: number): number {
  if (x <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(x));
  return [1, 2, 5, 10].map((m) => m * power).find((y) => y >= x) ?? x;
}
