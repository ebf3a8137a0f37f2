import assert from 'node:assert/strict';
import test from 'node:test';
import {
  between,
  clampView,
  eyeOf,
  GROUND_GAP,
  isSameView,
  lookAbout,
  moveOver,
  orbit,
  overview,
  zoom,
  type View,
} from '../src/camera';
import type { Place } from '../src/protocol';

const DIMS: Place = [20, 10, 30];

/** A small generator, so that a failure can be had again. */
function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

test('whatever is done to it, the eye stays above the ground', () => {
  const seed = Date.now() % 1e6;
  const random = chance(seed);
  const span = (size: number) => (random() - 0.5) * size;
  let view = overview(DIMS, 1.5);
  for (let i = 0; i < 5000; ++i) {
    const what = Math.floor(random() * 5);
    if (what === 0) view = orbit(view, span(2), span(1), DIMS);
    else if (what === 1) view = lookAbout(view, span(2), span(0.6), DIMS);
    else if (what === 2) view = moveOver(view, span(50), span(50), DIMS);
    else if (what === 3) view = zoom(view, Math.exp(span(3)), DIMS);
    else view = clampView({ ...view, target: [span(100), span(40), span(100)] }, DIMS);
    const eye = eyeOf(view);
    assert.ok(eye.every(Number.isFinite), `seed ${seed}, step ${i}`);
    assert.ok(eye[1] >= GROUND_GAP - 1e-6, `seed ${seed}, step ${i}: eye ${eye}`);
    assert.ok(
      view.distance <= 140 && view.azimuth >= 0 && view.azimuth < 1,
      `seed ${seed}, step ${i}`,
    );
  }
});

test('turning about itself leaves the eye where it is', () => {
  const view = overview(DIMS, 1.5);
  const turned = lookAbout(view, 0.1, 0.02, DIMS);
  eyeOf(view).forEach((x, i) => assert.ok(Math.abs(x - eyeOf(turned)[i]) < 1e-6));
  assert.ok(Math.abs(turned.azimuth - view.azimuth - 0.1) < 1e-9);
});

test('orbiting leaves the target where it is', () => {
  const view = overview(DIMS, 1.5);
  assert.deepEqual(orbit(view, 0.3, 0.05, DIMS).target, view.target);
});

test('moving right goes to the right of what is seen', () => {
  const view: View = { target: [10, 0, 10], azimuth: 0, elevation: 0.1, distance: 10 };
  assert.ok(moveOver(view, 1, 0, DIMS).target[0] > 10.9);
  assert.ok(moveOver(view, 0, 1, DIMS).target[2] < 9.1);
  const turned = { ...view, azimuth: 0.25 }; // looks along -x
  assert.ok(moveOver(turned, 0, 1, DIMS).target[0] < 9.1);
});

test('the overview of a narrow page is from farther away', () => {
  assert.ok(overview(DIMS, 0.5).distance > overview(DIMS, 2).distance);
});

test('between two views it goes the short way round', () => {
  const a: View = { target: [0, 0, 0], azimuth: 0.95, elevation: 0.1, distance: 5 };
  const b: View = { ...a, azimuth: 0.05 };
  const half = between(a, b, 0.5).azimuth;
  assert.ok(Math.abs(half - 1) < 1e-9 || Math.abs(half) < 1e-9);
  assert.ok(isSameView(between(a, b, 1), b) || Math.abs(between(a, b, 1).azimuth - 1.05) < 1e-9);
});

test('a view that a link made up is brought into the world', () => {
  const view = clampView(
    { target: [1e6, -5, 1e6], azimuth: -3.25, elevation: 5, distance: 1e6 },
    DIMS,
  );
  assert.ok(view.target[0] <= 50 && view.distance <= 140 && view.elevation < 0.25);
  assert.ok(Math.abs(view.azimuth - 0.75) < 1e-9);
});
