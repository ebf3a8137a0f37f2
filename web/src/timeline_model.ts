// The arithmetic of the timeline: which stretch of ticks is in view, how long a step of a replay
// is, and where the next event is to be looked for. Knows nothing of pixels or sockets.

export const TICK_SECONDS = 0.576; // of life
export const SPEEDS = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000];

export interface Span {
  first: number;
  last: number;
}

export function clampTick(tick: number, span: Span): number {
  if (!Number.isFinite(tick)) return span.last;
  return Math.min(span.last, Math.max(span.first, Math.round(tick)));
}

/** A span of at least `least` ticks, `factor` times as long as before, that keeps `at` in place. */
export function zoomSpan(view: Span, whole: Span, at: number, factor: number, least = 20): Span {
  const before = Math.max(view.last - view.first, 1);
  const most = Math.max(whole.last - whole.first, 1);
  const length = Math.min(most, Math.max(Math.min(least, most), before * factor));
  const share = (at - view.first) / before;
  let first = Math.round(at - share * length);
  first = Math.max(whole.first, Math.min(first, whole.last - Math.round(length)));
  return { first, last: Math.min(whole.last, first + Math.round(length)) };
}

/** Moves a view so that a tick is in it. */
export function reveal(view: Span, whole: Span, tick: number): Span {
  if (tick >= view.first && tick <= view.last) return view;
  const length = view.last - view.first;
  const first = Math.max(whole.first, Math.min(Math.round(tick - length / 2), whole.last - length));
  return { first, last: first + length };
}

/** The view of a history that has grown: one that showed all, or its end, goes on doing so. */
export function growSpan(view: Span, before: Span, now: Span): Span {
  const length = view.last - view.first;
  if (view.first <= before.first && view.last >= before.last) return { ...now };
  if (view.last >= before.last)
    return { first: Math.max(now.first, now.last - length), last: now.last };
  return {
    first: Math.max(view.first, now.first),
    last: Math.max(Math.min(view.last, now.last), now.first),
  };
}

/** Ticks that go by in so many milliseconds at a speed, backwards or forwards; at least one. */
export function ticksIn(ms: number, speed: number): number {
  return Math.max(1, Math.round((ms / 1000 / TICK_SECONDS) * speed));
}

/** Milliseconds until a step of so many ticks is due. */
export function msOf(ticks: number, speed: number): number {
  return ((ticks * TICK_SECONDS) / speed) * 1000;
}

/** One line of the population export: what happened since the line before. */
export interface Bucket {
  tick: number;
  seq: number;
  births: number;
  deaths: number;
  actions: number;
  bot?: number;
}

/**
 * Windows of ticks in which to look for an event, one after the other, each longer than the one
 * before: what is near is found quickly, and what is far in few steps.
 */
export function* windows(from: number, forwards: boolean, whole: Span): Generator<Span> {
  let length = 32;
  let edge = from;
  while (forwards ? edge < whole.last : edge > whole.first) {
    const next = forwards
      ? Math.min(whole.last, edge + length)
      : Math.max(whole.first, edge - length);
    yield forwards ? { first: edge, last: next } : { first: next, last: edge };
    edge = next;
    length *= 4;
  }
}

/** How many ticks one bucket of an overview has. */
export function bucketTicks(span: Span, buckets: number): number {
  return Math.max(1, Math.ceil((span.last - span.first) / buckets));
}

/** "×1,000" ticks as people read them. */
export function grouped(x: number): string {
  return Math.round(x).toLocaleString('en-US');
}
