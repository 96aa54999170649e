import { expect, it } from 'vitest';
import { format, parts, variables } from './format';

it.each([
  ['Hello', {}, 'en', 'Hello'],
  ['Hello {name}!', { name: 'Ana' }, 'en', 'Hello Ana!'],
  ['{n, plural, one {# day} other {# days}}', { n: 1 }, 'en', '1 day'],
  ['{n, plural, one {# day} other {# days}}', { n: 0 }, 'en', '0 days'],
  ['In {n, plural, one {# day} other {# days}}, {name}.', { n: 1200, name: 'Ana' }, 'de', 'In 1.200 days, Ana.'],
  ['{n, plural, =0 {none} one {one} other {many}}', { n: 0 }, 'en', 'none'],
  ['{n, plural, two {pair} few {some} other {x}}', { n: 2 }, 'ar', 'pair'],
  ['{n, plural, one {{name} has #} other {x}}', { n: 1, name: 'Ana' }, 'en', 'Ana has 1'],
])('%s with %o in %s', (message, vars, locale, expected) => {
  expect(format(message, vars, locale)).toBe(expected);
});

it('keeps names apart from the text around them', () => {
  expect(parts('To {a}, from {b}', { a: 'x', b: 'y' }, 'en')).toEqual([
    { text: 'To ' },
    { name: 'a', value: 'x' },
    { text: ', from ' },
    { name: 'b', value: 'y' },
  ]);
});

it('does not read braces in a name as a message', () => {
  expect(format('Hi {name}', { name: '{n, plural, other {boo}}' }, 'en')).toBe('Hi {n, plural, other {boo}}');
});

it('names variables once, plurals too', () => {
  expect(variables('{b} {a} {b} {n, plural, other {# {c}}}')).toEqual(['a', 'b', 'c', 'n']);
});

it('refuses an unbalanced message', () => {
  expect(() => parts('Hi {name', {}, 'en')).toThrow('unbalanced');
});
