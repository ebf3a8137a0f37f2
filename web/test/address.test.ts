import assert from 'node:assert/strict';
import test from 'node:test';
import { decodeAddress, encodeAddress, type Address } from '../src/address';

const BOT = '00000001000000000000000d';

test('an address comes back as it was', () => {
  const address: Address = {
    world: '000000010000000000000000',
    tick: 309,
    bot: BOT,
    follow: true,
    view: { target: [1.25, 0.9, 3], azimuth: 0.125, elevation: 0.1, distance: 12.5 },
  };
  assert.deepEqual(decodeAddress(encodeAddress(address)), address);
});

test('live has no tick, and nobody selected no bot', () => {
  assert.equal(encodeAddress({ world: 'eden' }), '?world=eden');
  assert.deepEqual(decodeAddress('?world=eden'), { world: 'eden' });
  assert.equal(encodeAddress({}), '');
  assert.deepEqual(decodeAddress(''), {});
});

test('names are escaped', () => {
  const world = 'a&b=c d?/<script>';
  assert.deepEqual(decodeAddress(encodeAddress({ world })), { world });
});

test('nobody is followed who is not selected', () => {
  assert.deepEqual(decodeAddress('?world=a&follow=1'), { world: 'a' });
});

for (const query of [
  '?tick=-1',
  '?tick=abc',
  '?tick=1e9',
  '?tick=99999999999999999999',
  '?bot=xyz',
  '?bot=../etc',
  '?cam=1,2,3',
  '?cam=1,2,3,4,5,NaN',
  '?cam=1,2,3,4,5,Infinity',
  '?cam=,,,,,',
  '?cam=1,2,3,4,5,6,7',
  '?cam=1e99,0,0,1,0,0',
  `?cam=${'9'.repeat(500)}`,
  '?tick=',
  '?world=',
  '?follow=1',
])
  test(`what makes no sense is left out: ${query.slice(0, 40)}`, () => {
    assert.deepEqual(decodeAddress(query), {});
  });

test('a world of endless length is cut', () => {
  assert.equal(decodeAddress(`?world=${'x'.repeat(5000)}`).world?.length, 100);
});
