import { describe, expect, it } from 'vitest';
import { declarations, shownAs } from './safe';

describe('a mail within our page', () => {
  it.each([
    ['color:#52606d;font-size:15px', [['color', '#52606d'], ['font-size', '15px']]],
    ['position:fixed;inset:0;color:red', [['color', 'red']]],
    ['background:url(https://example.com/x.png)', []],
    ['background-color: #fff ; width:expression(alert(1))', [['background-color', '#fff']]],
    ['mso-line-height-rule:exactly;line-height:1.5', [['line-height', '1.5']]],
    ['', []],
    ['color', []],
  ])('of the style %s keeps what is harmless', (style, expected) => {
    expect(declarations(style)).toEqual(expected);
  });

  it.each([
    ['p', 'p'],
    ['h1', 'div'],
    ['a', 'span'],
    ['script', undefined],
    ['img', undefined],
    ['font', ''],
    ['iframe', undefined],
  ])('shows <%s> as %s', (tag, expected) => {
    expect(shownAs(tag)).toBe(expected);
  });
});
