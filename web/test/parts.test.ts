import assert from 'node:assert/strict';
import test from 'node:test';
import { hashOf, kindColour, thirstColour } from '../src/colours';
import { hintOf, isRange } from '../src/forms';
import { gridStep } from '../src/ground';
import { backoff, socketUrl } from '../src/link';
import { hitBox, pick } from '../src/pick';
import { histogram, numbersOf, Rate, Recent, roundUp } from '../src/series';
import type { Thing } from '../src/protocol';
import { inOrder, isFound } from '../src/things_list';
import { magnification } from '../src/view3d';
import { recordText, shortNumber } from '../src/words';
import { Color } from 'three';

const DOWN = {
  origin: [0, 10, 0] as [number, number, number],
  direction: [0, -1, 0] as [number, number, number],
};

test('a ray meets a box, or goes by', () => {
  assert.equal(hitBox(DOWN, [-1, 0, -1], [1, 2, 1]), 8);
  assert.equal(hitBox(DOWN, [2, 0, -1], [3, 2, 1]), null);
  assert.equal(hitBox({ origin: [0, -1, 0], direction: [0, -1, 0] }, [-1, 0, -1], [1, 2, 1]), null);
});

test('what is nearer is picked, and what is nothing is not', () => {
  const near = {
    id: 'near',
    place: [0, 4, 0] as [number, number, number],
    dims: [1, 1, 1] as [number, number, number],
  };
  const far = { ...near, id: 'far', place: [0, 0, 0] as [number, number, number] };
  assert.equal(pick(DOWN, [far, near], 0), 'near');
  assert.equal(pick(DOWN, [], 0), null);
  assert.equal(pick(DOWN, [{ ...near, place: [3, 0, 0] }], 0), null);
  assert.equal(pick(DOWN, [{ ...near, place: [0.7, 0, 0] }], 0.05), 'near');
});

test('a kind has the same colour always, and kinds differ', () => {
  assert.equal(kindColour('lantern'), kindColour('lantern'));
  assert.notEqual(kindColour('lantern'), kindColour('fountain'));
  assert.match(kindColour('__proto__'), /^hsl/);
  assert.equal(hashOf(''), 0x811c9dc5);
});

test('thirst has a colour for every level, even for none', () => {
  const out = new Color();
  for (const drink of [-1, 0, 0.3, 1, 7, undefined, null, 'x', NaN])
    assert.match(thirstColour(drink, out).getHexString(), /^[0-9a-f]{6}$/, String(drink));
  assert.notEqual(thirstColour(0, out).getHexString(), thirstColour(1, new Color()).getHexString());
});

test('a grid has a step that people count in, and not too many lines', () => {
  for (const size of [1, 10, 40, 333, 1000, 12_345]) {
    const step = gridStep(size, 30);
    assert.ok(size / step <= 30.1, `${size}`);
    assert.match((step / 10 ** Math.floor(Math.log10(step))).toFixed(3), /^(1|2|5)\.000$/);
  }
  assert.equal(gridStep(10, 30), 0.5);
});

test('tries grow apart, up to some seconds', () => {
  assert.ok(backoff(0, 0) < 250 && backoff(0, 1) < 400);
  assert.ok(backoff(3, 0.5) > backoff(1, 0.5));
  assert.ok(backoff(1000, 1) <= 6250);
  assert.equal(socketUrl({ protocol: 'https:', host: 'a:1' }), 'wss://a:1/ws');
});

test('a histogram counts each value once, even what is outside', () => {
  const { counts } = histogram([-5, 0, 0.49, 0.5, 1, 9], 2, 0, 1);
  assert.deepEqual(counts, [3, 3]);
  assert.deepEqual(histogram([], 2, 0, 0).counts, [0, 0]);
});

test('a rate is of what was counted, and begins anew where a counter goes back', () => {
  const rate = new Rate();
  assert.equal(rate.read(0, 100), null);
  assert.equal(rate.read(2, 300), 100);
  assert.equal(rate.read(3, 5), null);
  assert.equal(rate.read(4, 15), 10);
});

test('what is old is forgotten', () => {
  const recent = new Recent(10);
  for (let i = 0; i < 100; ++i) recent.add(i, i);
  assert.ok(recent.samples.length <= 12);
  assert.equal(recent.last, 99);
  assert.deepEqual([roundUp(0), roundUp(3), roundUp(11), roundUp(100)], [1, 5, 20, 100]);
});

const bot = (more: Partial<Thing>): Thing => ({
  id: '000000010000000000000002',
  kind: 'bot',
  parent: '',
  pos: [0, 0, 0],
  dims: [1, 1, 1],
  actions: [],
  props: {},
  ...more,
});

test('things are found by all words that are typed', () => {
  assert.ok(isFound(bot({ name: 'Ada' }), 'ad bot'));
  assert.ok(isFound(bot({}), '2'));
  assert.ok(!isFound(bot({}), 'well'));
  assert.ok(isFound(bot({}), ''));
  assert.ok(inOrder(bot({}), bot({ kind: 'apple' })) < 0);
});

test('only numbers are counted', () => {
  assert.deepEqual(
    numbersOf([bot({ props: { age: 3 } }), bot({ props: { age: 'x' } }), bot({})], 'age'),
    [3],
  );
});

test('a parameter says its range and unit', () => {
  assert.equal(hintOf({ type: 'number', minimum: 0, maximum: 1, unit: 'turn' }), '0 to 1 turn');
  assert.equal(hintOf({ type: 'integer', minimum: 0, maximum: 9.2e18, unit: 'tick' }), 'tick');
  assert.ok(isRange({ type: 'number', minimum: 0, maximum: 1 }));
  assert.ok(!isRange({ type: 'integer', minimum: 0, maximum: 1 }));
});

test('figures are as large as life from near', () => {
  assert.equal(magnification(10), 1);
  assert.ok(magnification(450) > 5 && magnification(1e9) < 20);
});

test('a record is said from the view of one thing', () => {
  const record = {
    seq: 1,
    tick: 2,
    outcome: 'refused',
    reason: 'not_in_reach',
    effects: [{ type: 'removed', thing: 'x', cause: 'thirst' }],
    command: { type: 'act', agent: 'x', action: 'drink', target: '000000010000000000000001' },
  };
  const nameOf = (id: string) => (id === 'x' ? 'bot 8' : 'well 1');
  assert.equal(recordText(record, 'x', nameOf), 'drink at well 1: too far away; died of thirst');
  assert.equal(
    recordText(record, record.command.target, nameOf),
    'bot 8 drink at it: too far away; bot 8 died of thirst',
  );
  assert.equal(shortNumber(12345.678), '12350');
});
