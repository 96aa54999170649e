import { encode } from 'uqr';
import { describe, expect, it } from 'vitest';
import { asAddress, escaped, fileName, modules, paperOf, posterOf, shownUrl, SIZES, type Wanted } from './sheet';

const wanted: Wanted = {
  paper: 'a4',
  hue: 190,
  name: 'Lagoon Spa',
  call: 'Book here',
  how: 'Scan, choose a time, done.',
  url: 'https://book.example/lagoon',
  rtl: false,
};

/** The dark squares of a path of boxes, as rows. */
function drawn(path: string, size: number): boolean[][] {
  const rows = Array.from({ length: size }, () => new Array<boolean>(size).fill(false));
  for (const [, x, y, run] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
    for (let at = 0; at < Number(run); at += 1) (rows[Number(y)] as boolean[])[Number(x) + at] = true;
  }
  return rows;
}

it.each([
  ['US', 'letter'],
  ['GU', 'letter'],
  ['DE', 'a4'],
  ['BR', 'a4'],
  ['', 'a4'],
])('the paper of %s is %s', (country, paper) => {
  expect(paperOf(country)).toBe(paper);
});

it('draws the code as it is', () => {
  const { path, size } = modules(wanted.url);
  expect(drawn(path, size)).toEqual(encode(wanted.url, { ecc: 'M', border: 0 }).data);
});

describe('the poster', () => {
  it.each(['a4', 'letter'] as const)('is as big as the paper: %s', (paper) => {
    const { width, height } = SIZES[paper];
    const svg = posterOf({ ...wanted, paper });
    expect(svg).toContain(`width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}"`);
    // Nothing hangs over the edge.
    const lowest = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(Math.max(...lowest)).toBeLessThan(height - 8);
  });

  it.each(['a4', 'letter'] as const)('has room for the longest: %s', (paper) => {
    const name = 'The Quiet Lagoon Day Spa, Barbershop and Physiotherapy Clinic';
    const long = { paper, name, how: 'Scannez et attendez où vous voulez : votre téléphone vous dit quand c’est votre tour.' };
    const url = `https://book.example.com/${'quiet-lagoon-'.repeat(3)}/queue?location=loc_06h049y539t1n2894kdsvtnf8r`;
    const svg = posterOf({ ...wanted, ...long, url });
    const lowest = [...svg.matchAll(/<text x="[\d.]+" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(Math.max(...lowest)).toBeLessThan(SIZES[paper].height - 4);
  });

  it('fetches nothing and styles nothing from outside', () => {
    const svg = posterOf(wanted);
    expect(svg).not.toMatch(/href|@import|url\(|style=|<style|<script|<image/);
    expect(svg).toContain('<desc>https://book.example/lagoon</desc>');
  });

  it('takes any name for text', () => {
    const svg = posterOf({ ...wanted, name: '</text><script>alert(1)</script> & "Sons"\u0000' });
    expect(svg).not.toContain('<script');
    expect(svg).not.toContain('\u0000');
    expect(svg.match(/&#38;/g)?.length).toBeGreaterThan(0);
  });

  it('is written from right to left where one reads so, but for the address', () => {
    const svg = posterOf({ ...wanted, rtl: true, call: 'احجز هنا' });
    expect(svg.match(/direction="rtl"/g)).toHaveLength(3);
    expect(svg).toMatch(/direction="ltr"[^>]*>book\.example\/lagoon</);
  });
});

it('names and addresses', () => {
  expect(escaped(`<a b='c'>&"`)).toBe('&#60;a b=&#39;c&#39;&#62;&#38;&#34;');
  expect(shownUrl('http://localhost:8080/lagoon')).toBe('localhost:8080/lagoon');
  expect(fileName('lagoon', 'poster', 'svg')).toBe('lagoon-poster.svg');
  expect(decodeURIComponent(asAddress('<svg>#</svg>'))).toBe('data:image/svg+xml;charset=utf-8,<svg>#</svg>');
});
