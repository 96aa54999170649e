import { describe, expect, it } from 'vitest';
import { counted } from './sms';

describe('how a text counts', () => {
  it.each([
    ['nothing', '', { plain: true, length: 0, texts: 0, left: 160 }],
    ['a short one', 'See you at 14:30.', { plain: true, length: 17, texts: 1, left: 143 }],
    ['a full one', 'x'.repeat(160), { plain: true, length: 160, texts: 1, left: 0 }],
    ['one more', 'x'.repeat(161), { plain: true, length: 161, texts: 2, left: 153 * 2 - 161 }],
    ['what takes two places', '€'.repeat(80), { plain: true, length: 160, texts: 1, left: 0 }],
    ['two places at a seam', `${'x'.repeat(152)}€${'x'.repeat(151)}`, { plain: true, length: 305, texts: 2, left: 0 }],
    ['another alphabet', 'موعدك غدا', { plain: false, length: 9, texts: 1, left: 61 }],
    ['another alphabet, full', 'م'.repeat(70), { plain: false, length: 70, texts: 1, left: 0 }],
    ['another alphabet, one more', 'م'.repeat(71), { plain: false, length: 71, texts: 2, left: 67 * 2 - 71 }],
  ])('%s', (_, text, expected) => {
    expect(counted(text)).toMatchObject(expected);
  });

  it('names what the old alphabet does not have', () => {
    expect(counted('It’s on – really’').odd).toEqual(['’', '–']);
  });
});
