import { describe, expect, it } from 'vitest';
import { decoded, delimiterOf, lineOf, only, table } from './csv';

it.each([
  ['name,email', ','],
  ['name;email;phone', ';'],
  ['name\temail', '\t'],
  ['"Last, first, title";email', ';'],
  ['name', ','],
  ['a,b;c', ','],
])('between the cells of %j stands %j', (text, delimiter) => {
  expect(delimiterOf(text)).toBe(delimiter);
});

it.each([
  ['a comma', 'name,email\nAna,a@x.org\n', [['name', 'email'], [2, 'Ana', 'a@x.org']]],
  ['a semicolon, by its word', 'sep=;\r\nname;email\r\nAna;a@x.org', [['name', 'email'], [2, 'Ana', 'a@x.org']]],
  ['quotes', 'name,note\n"Cruz, Ana","said ""hi""\nand went"\n', [['name', 'note'], [2, 'Cruz, Ana', 'said "hi"\nand went']]],
  ['empty lines, which do not count', 'name\n\nAna\n\n\nBen\n', [['name'], [2, 'Ana'], [3, 'Ben']]],
  ['rows without anything, which count', 'name,email\n,\nAna,\n', [['name', 'email'], [3, 'Ana', '']]],
  ['spaces around', ' name , email \n Ana , a@x.org', [['name', 'email'], [2, 'Ana', 'a@x.org']]],
  ['a byte order mark', '\ufeffname\nAna', [['name'], [2, 'Ana']]],
  ['nothing', '', [[]]],
] as const)('reads a table with %s', (_, text, expected) => {
  const { header, lines } = table(text);
  expect([header, ...lines.map(({ row, cells }) => [row, ...cells])]).toEqual(expected);
});

describe('the bytes of a file', () => {
  it.each([
    ['UTF-8', [0x4a, 0xc3, 0xbc], 'Jü'],
    ['what spreadsheets on Windows write', [0x4a, 0xfc], 'Jü'],
    ['UTF-16', [0xff, 0xfe, 0x4a, 0x00, 0xfc, 0x00], 'Jü'],
  ])('are read as %s', (_, bytes, text) => {
    expect(decoded(new Uint8Array(bytes))).toBe(text);
  });
});

it('writes what it reads', () => {
  const cells = ['Cruz, Ana', 'said "hi"', '', 'plain'];
  expect(table(lineOf(['a', 'b', 'c', 'd']) + lineOf(cells)).lines).toEqual([{ row: 2, cells }]);
});

it('picks rows', () => {
  expect(only(table('name\nAna\nBen\nCleo\n'), new Set([2, 4]))).toBe('name\r\nAna\r\nCleo\r\n');
});

it('reads ten thousand rows at once', () => {
  const text = 'name,email\n' + 'Ana Cruz,"ana@example.org"\n'.repeat(10_000);
  const begun = performance.now();
  expect(table(text).lines).toHaveLength(10_000);
  expect(performance.now() - begun).toBeLessThan(2000);
});
