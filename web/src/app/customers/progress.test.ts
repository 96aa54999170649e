import { expect, it } from 'vitest';
import { readAll, sizeText, type Progress } from './progress';

const inParts = (headers: Record<string, string>) =>
  new Response(
    new ReadableStream({
      start(into) {
        for (const part of ['id,name\n', '1,Ana\n']) into.enqueue(new TextEncoder().encode(part));
        into.close();
      },
    }),
    { headers },
  );

it.each([
  ['of a known length', { 'Content-Length': '14' }, [8 / 14, 1]],
  ['of an unknown one', {}, [undefined, undefined]],
  ['packed, whose length is another', { 'Content-Length': '9', 'Content-Encoding': 'gzip' }, [undefined, undefined]],
])('tells how far an answer has come: %s', async (_, headers, shares) => {
  const seen: Progress[] = [];
  const parts = await readAll(inParts(headers), (progress) => seen.push(progress));
  expect(await new Blob(parts).text()).toBe('id,name\n1,Ana\n');
  expect(seen.map(({ bytes }) => bytes)).toEqual([8, 14]);
  expect(seen.map(({ share }) => share)).toEqual(shares);
});

it.each([
  [5156, '5.2 kB'],
  [812_000, '812 kB'],
  [12_345_678, '12 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text);
});
