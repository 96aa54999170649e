import { expect, it } from 'vitest';
import { snippetOf, type Wish } from './snippet';

const wish: Wish = { kind: 'button', origin: 'https://book.example', slug: 'lagoon', label: '', hue: 165 };

it.each<[Partial<Wish>, string]>([
  [{}, '<script src="https://book.example/widget.js" data-shop="lagoon" data-hue="165" async></script>'],
  [
    { label: ' Book "Kai" & co ' },
    '<script src="https://book.example/widget.js" data-shop="lagoon" data-label="Book &quot;Kai&quot; &amp; co" data-hue="165" async></script>',
  ],
  [
    { kind: 'link', label: '<b>Book</b>' },
    '<a href="https://book.example/lagoon" data-openchair="lagoon">&lt;b&gt;Book&lt;/b&gt;</a>\n<script src="https://book.example/widget.js" data-hue="165" async></script>',
  ],
  [
    { kind: 'frame', label: 'Book' },
    '<iframe src="https://book.example/lagoon?embed" title="Book" allow="payment" width="100%" height="720" style="border: 0"></iframe>',
  ],
])('%o', (more, snippet) => {
  expect(snippetOf({ ...wish, ...more })).toBe(snippet);
});
