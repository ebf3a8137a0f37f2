import assert from 'node:assert/strict';
import test from 'node:test';
import type { Thing } from '../src/protocol';
import { serialOf, titleOf, worldOf } from '../src/protocol';
import { ThingStore } from '../src/store';

function thing(id: string, more: Partial<Thing> = {}): Thing {
  return {
    id,
    kind: 'bot',
    parent: 'w',
    pos: [0, 0, 0],
    dims: [1, 1, 1],
    actions: [],
    props: { drink: 1 },
    ...more,
  };
}

function filled(): ThingStore {
  const store = new ThingStore();
  store.reset({ seq: 10, tick: 2, things: [thing('a'), thing('b'), thing('c', { kind: 'well' })] });
  return store;
}

const nothing = { add: [], upd: [], del: [], died: [] };

test('a snapshot replaces all, and tells what is gone', () => {
  const store = filled();
  const changes = store.reset({ seq: 20, tick: 3, things: [thing('b'), thing('d')] });
  assert.equal(changes.reset, true);
  assert.deepEqual(
    changes.removed.map((t) => t.id),
    ['a', 'c'],
  );
  assert.deepEqual([...store.things.keys()], ['b', 'd']);
  assert.equal(store.tick, 3);
});

test('a delta moves, changes, adds and takes away', () => {
  const store = filled();
  const changes = store.apply({
    ...nothing,
    seq: 11,
    tick: 3,
    add: [thing('e')],
    del: ['b'],
    upd: [
      { id: 'a', pos: [1, 0, 2] },
      { id: 'c', props: { water: 3 } },
    ],
    died: [{ id: 'b', cause: 'thirst', heir: 'e' }],
  });
  assert.deepEqual(
    changes?.moved.map((t) => t.id),
    ['a'],
  );
  assert.deepEqual(
    changes?.changed.map((t) => t.id),
    ['c'],
  );
  assert.deepEqual(
    changes?.removed.map((t) => t.id),
    ['b'],
  );
  assert.equal(changes?.died[0].thing?.id, 'b');
  assert.deepEqual(store.things.get('a')?.pos, [1, 0, 2]);
  assert.equal(store.things.get('c')?.props.water, 3);
  assert.equal(store.count('bot'), 2);
});

test('properties that a delta does not name stay', () => {
  const store = filled();
  store.apply({ ...nothing, seq: 11, tick: 2, upd: [{ id: 'a', props: { age: 4 } }] });
  assert.deepEqual(store.things.get('a')?.props, { drink: 1, age: 4 });
});

test('a delta from before the present state is no news', () => {
  const store = filled();
  assert.equal(store.apply({ ...nothing, seq: 9, tick: 1, del: ['a'] }), null);
  assert.equal(store.things.size, 3);
});

test('a change of a thing that is not known is passed over', () => {
  const store = filled();
  const changes = store.apply({
    ...nothing,
    seq: 11,
    tick: 2,
    upd: [{ id: 'zz', pos: [1, 1, 1] }],
    del: ['yy'],
  });
  assert.deepEqual(changes?.moved, []);
  assert.deepEqual(changes?.removed, []);
});

test('a thing that is added twice is there once', () => {
  const store = filled();
  const changes = store.apply({ ...nothing, seq: 11, tick: 2, add: [thing('a', { name: 'ada' })] });
  assert.deepEqual(
    changes?.removed.map((t) => t.id),
    ['a'],
  );
  assert.equal(store.things.size, 3);
  assert.equal(store.things.get('a')?.name, 'ada');
});

test('being carried is a change', () => {
  const store = filled();
  const changes = store.apply({ ...nothing, seq: 11, tick: 2, upd: [{ id: 'c', parent: 'a' }] });
  assert.deepEqual(
    changes?.changed.map((t) => t.id),
    ['c'],
  );
  assert.equal(store.things.get('c')?.parent, 'a');
});

test('ids are said as short as people say them', () => {
  const id = '00000001000000000000000d';
  assert.equal(serialOf(id), '13');
  assert.equal(titleOf({ id, kind: 'bot' }), 'bot 13');
  assert.equal(titleOf({ id, kind: 'bot', name: 'ada' }), 'ada');
  assert.equal(worldOf(id), '000000010000000000000000');
});
