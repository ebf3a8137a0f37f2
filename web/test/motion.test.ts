import assert from 'node:assert/strict';
import test from 'node:test';
import { Cadence, Motion, nearestAngle, progress } from '../src/motion';

const at = (m: Motion, slot: number) => [...m.shown.subarray(slot * 4, slot * 4 + 3)];

test('a glide ends exactly where the thing is, and then nothing moves', () => {
  const motion = new Motion();
  const slot = motion.add(1, 0, 1);
  motion.glide(slot, 3, 0, 5, 1000, 200);
  const told: number[] = [];
  assert.equal(
    motion.advance(1100, (s) => told.push(s)),
    true,
  );
  assert.deepEqual(at(motion, slot), [2, 0, 3]);
  assert.equal(
    motion.advance(1200, () => {}),
    false,
  );
  assert.deepEqual(at(motion, slot), [3, 0, 5]);
  assert.equal(motion.movingCount, 0);
  assert.deepEqual(told, [slot]);
  assert.equal(
    motion.advance(5000, () => assert.fail('it rests')),
    false,
  );
});

test('a glide that is overtaken goes on from where it is seen', () => {
  const motion = new Motion();
  const slot = motion.add(0, 0, 0);
  motion.glide(slot, 10, 0, 0, 0, 100);
  motion.advance(50, () => {});
  motion.glide(slot, 0, 0, 0, 50, 100);
  motion.advance(50, () => {});
  assert.deepEqual(at(motion, slot), [5, 0, 0]);
  motion.advance(100, () => {});
  assert.deepEqual(at(motion, slot), [2.5, 0, 0]);
});

test('it looks where it goes, the short way round', () => {
  const motion = new Motion();
  const slot = motion.add(0, 0, 0, 3);
  motion.glide(slot, -1, 0, -0.01, 0, 100);
  motion.advance(100, () => {});
  const heading = motion.shown[slot * 4 + 3];
  assert.ok(Math.abs(heading - 3) < 0.3, `${heading}`);
  assert.ok(Math.abs(Math.cos(heading) + 1) < 0.01);
});

test('a slot that was given back is used again, and does not go on moving', () => {
  const motion = new Motion();
  const slot = motion.add(0, 0, 0);
  motion.glide(slot, 9, 0, 0, 0, 100);
  motion.remove(slot);
  const again = motion.add(4, 0, 4);
  assert.equal(again, slot);
  motion.advance(50, () => assert.fail('it was jumped'));
  assert.deepEqual(at(motion, again), [4, 0, 4]);
});

test('ten thousand slots keep their places while the arrays grow', () => {
  const motion = new Motion();
  for (let i = 0; i < 10_000; ++i) assert.equal(motion.add(i, 0, -i), i);
  for (const i of [0, 63, 64, 4095, 9999]) assert.deepEqual(at(motion, i), [i, 0, -i]);
});

test('progress stays between nothing and all, whatever the clock says', () => {
  assert.equal(progress(0, 100, 50), 0);
  assert.equal(progress(125, 100, 50), 0.5);
  assert.equal(progress(1e9, 100, 50), 1);
  assert.equal(progress(100, 100, 0), 1);
});

test('the nearest of all angles that are the same is at most half a turn away', () => {
  for (const near of [-20, -3, 0, 2, 50])
    for (const angle of [-9, 0, 1, 8])
      assert.ok(Math.abs(nearestAngle(angle, near) - near) <= Math.PI + 1e-9);
});

test('a glide lasts about as long as updates are apart, and a pause does not count', () => {
  const cadence = new Cadence();
  let now = 1000;
  let last = 0;
  for (let i = 0; i < 40; ++i) last = cadence.beat((now += 100));
  assert.ok(last > 100 && last < 130, `${last}`);
  last = cadence.beat((now += 60_000));
  assert.ok(last < 130, `${last}`);
});
