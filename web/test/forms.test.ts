// What forms compute. Away from the viewer is where the camera looks, however it was turned.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { eyeOf } from '../src/camera';
import { turnsSeen } from '../src/forms';

const UP = 0.75; // the arrow that points away

test('the arrow up leads away from the eye from every side', () => {
  for (const azimuth of [0, 0.1, 0.25, 0.5, 0.77, 0.999]) {
    const target: [number, number, number] = [5, 0, 5];
    const eye = eyeOf({ target, azimuth, elevation: 0.1, distance: 10 });
    const angle = turnsSeen(UP, azimuth) * Math.PI * 2;
    const away = [target[0] - eye[0], target[2] - eye[2]];
    const length = Math.hypot(...away);
    assert.ok(Math.abs(away[0] / length - Math.cos(angle)) < 1e-9, `x at ${azimuth}`);
    assert.ok(Math.abs(away[1] / length - Math.sin(angle)) < 1e-9, `z at ${azimuth}`);
  }
});

test('a turn of the compass is in [0, 1)', () => {
  for (const azimuth of [0, 0.3, 0.75, 0.9])
    for (const turns of [0, 0.125, 0.75, 0.875]) {
      const seen = turnsSeen(turns, azimuth);
      assert.ok(seen >= 0 && seen < 1, `${turns} ${azimuth}`);
    }
});
