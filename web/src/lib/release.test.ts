import { expect, it } from 'vitest';
import { entryOf } from './release';

it.each([
  ['<script type="module" crossorigin src="/assets/board-Ab12.js"></script>', '/assets/board-Ab12.js'],
  ['<script type="module" src="/@vite/client"></script><script type="module" src="/src/board/main.ts"></script>', undefined],
  ['<html><body>Bad gateway</body></html>', undefined],
])('the script that a page starts with: %s', (html, entry) => {
  expect(entryOf(html)).toBe(entry);
});
