import assert from 'node:assert/strict';
import test from 'node:test';
import {
  bucketTicks,
  clampTick,
  growSpan,
  msOf,
  reveal,
  ticksIn,
  windows,
  zoomSpan,
} from '../src/timeline_model';

const WHOLE = { first: 100, last: 10_100 };

test('a tick is kept within the history', () => {
  assert.equal(clampTick(5, WHOLE), 100);
  assert.equal(clampTick(99_999, WHOLE), 10_100);
  assert.equal(clampTick(500.4, WHOLE), 500);
  assert.equal(clampTick(NaN, WHOLE), 10_100);
});

test('zooming keeps the tick under the pointer, and stays within the history', () => {
  const near = zoomSpan(WHOLE, WHOLE, 5100, 0.5);
  assert.deepEqual(near, { first: 2600, last: 7600 });
  assert.deepEqual(zoomSpan(near, WHOLE, 5100, 100), WHOLE);
  const edge = zoomSpan(WHOLE, WHOLE, 10_100, 0.1);
  assert.equal(edge.last, 10_100);
  const least = zoomSpan(WHOLE, WHOLE, 300, 1e-9);
  assert.equal(least.last - least.first, 20);
});

test('a history of one tick can be zoomed', () => {
  assert.deepEqual(zoomSpan({ first: 0, last: 0 }, { first: 0, last: 0 }, 0, 2), {
    first: 0,
    last: 0,
  });
});

test('a tick out of view is brought into it', () => {
  const view = { first: 100, last: 200 };
  assert.deepEqual(reveal(view, WHOLE, 150), view);
  assert.deepEqual(reveal(view, WHOLE, 5000), { first: 4950, last: 5050 });
  assert.deepEqual(reveal(view, WHOLE, 10_100), { first: 10_000, last: 10_100 });
});

test('a view of all, or of the end, grows with the history; another stays', () => {
  const now = { first: 100, last: 11_000 };
  assert.deepEqual(growSpan(WHOLE, WHOLE, now), now);
  assert.deepEqual(growSpan({ first: 10_000, last: 10_100 }, WHOLE, now), {
    first: 10_900,
    last: 11_000,
  });
  assert.deepEqual(growSpan({ first: 200, last: 300 }, WHOLE, now), { first: 200, last: 300 });
});

test('at times life one, a tick is 0.576 s', () => {
  assert.equal(Math.round(msOf(1, 1)), 576);
  assert.equal(ticksIn(576, 1000), 1000);
  assert.equal(ticksIn(1, 1), 1);
});

for (const forwards of [true, false])
  test(`a search ${forwards ? 'forwards' : 'backwards'} covers every tick, without a gap`, () => {
    const from = 3000;
    let edge = from;
    let count = 0;
    for (const window of windows(from, forwards, WHOLE)) {
      assert.equal(forwards ? window.first : window.last, edge);
      assert.ok(window.last > window.first);
      edge = forwards ? window.last : window.first;
      ++count;
    }
    assert.equal(edge, forwards ? WHOLE.last : WHOLE.first);
    assert.ok(count < 12);
  });

test('a search from the end goes nowhere', () => {
  assert.deepEqual([...windows(10_100, true, WHOLE)], []);
  assert.deepEqual([...windows(100, false, WHOLE)], []);
});

test('an overview has no more buckets than wished', () => {
  assert.equal(bucketTicks({ first: 0, last: 10 }, 200), 1);
  assert.ok(10_000 / bucketTicks(WHOLE, 200) <= 200);
});
