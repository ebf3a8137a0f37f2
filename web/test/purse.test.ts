import assert from 'node:assert/strict';
import test from 'node:test';
import { makePurse } from '../src/purse';

function storage(): Pick<Storage, 'getItem' | 'setItem'> {
  const kept = new Map<string, string>();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
  };
}

test('a token that the reader gave is kept, and one that he did not give is not', () => {
  const answers: (string | null)[] = [null, '  ', ' ut_1_ab '];
  const asked: string[] = [];
  const purse = makePurse(storage(), (text) => {
    asked.push(text);
    return answers.shift() ?? null;
  });
  assert.equal(purse.token(), null);
  assert.equal(purse.ask('who are you?'), false);
  assert.equal(purse.ask('who are you?'), false);
  assert.equal(purse.token(), null);
  assert.equal(purse.ask('who are you?'), true);
  assert.equal(purse.token(), 'ut_1_ab');
  assert.match(asked[0], /who are you/);
});
