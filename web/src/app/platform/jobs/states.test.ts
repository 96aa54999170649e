import { expect, it } from 'vitest';
import { kindSign, stateOf, tenantOf } from './states';

it.each([
  [null, 'dead'],
  ['', 'dead'],
  ['lost', 'dead'],
  ['done', 'done'],
  ['running', 'running'],
])('%s asks for what is %s', (given, state) => expect(stateOf(given)).toBe(state));

it.each([
  [{ dead: 1, due: 5, running: 2 }, '!'],
  [{ dead: 0, due: 5, running: 0 }, '◐'],
  [{ dead: 0, due: 0, running: 1 }, '◐'],
  [{ dead: 0, due: 0, running: 0 }, '○'],
])('%j is shown by %s', (kind, glyph) => expect(kindSign(kind).glyph).toBe(glyph));

it.each([
  ['ten_06h05y77vhrw131pm1f82yca9c', 'ten_06h05y77vhrw131pm1f82yca9c'],
  ['  ten_06h05y77vhrw131pm1f82yca9c\n', 'ten_06h05y77vhrw131pm1f82yca9c'],
  ['ten_06h05y77vhrw131pm1f82yca9', undefined],
  ['job_06h05y77vhrw131pm1f82yca9c', undefined],
  ['', undefined],
])('%j names %s', (given, id) => expect(tenantOf(given)).toBe(id));
