import { expect, it } from 'vitest';
import { Turns } from './turns';

it('knows which is the last', () => {
  const turns = new Turns();
  const first = turns.next();
  expect(first()).toBe(true);
  const second = turns.next();
  expect([first(), second()]).toEqual([false, true]);
});
