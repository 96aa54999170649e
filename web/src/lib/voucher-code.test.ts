import { describe, expect, it } from 'vitest';
import { codeOf } from './voucher-code';

describe('a code that was typed', () => {
  it.each([
    ['ABCD-EFGH-JKMN-PQRS', 'ABCD-EFGH-JKMN-PQRS'],
    ['abcd efgh jkmn pqrs', 'ABCD-EFGH-JKMN-PQRS'],
    [' abcdefghjkmnpqrs ', 'ABCD-EFGH-JKMN-PQRS'],
    ['ABCD–EFGH–JKMN–PQRS', 'ABCD-EFGH-JKMN-PQRS'],
    // What looks like a digit is one.
    ['ilo0-1111-0000-ZZZZ', '1100-1111-0000-ZZZZ'],
    ['ABCD-EFGH-JKMN', undefined],
    ['ABCD-EFGH-JKMN-PQRST', undefined],
    // There is no U in any.
    ['UBCD-EFGH-JKMN-PQRS', undefined],
    ['ABCD-EFGH-JKMN-PQR!', undefined],
    ['', undefined],
  ])('%j is %j', (typed, code) => {
    expect(codeOf(typed)).toBe(code);
  });
});
