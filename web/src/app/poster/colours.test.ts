import { expect, it } from 'vitest';
import { colours, hex } from './colours';

it.each([
  [1, 0, 0, '#ffffff'],
  [0, 0, 0, '#000000'],
  // What browsers make of oklch(45% 0.11 190).
  [0.628, 0.2577, 29.23, '#ff0000'],
  [0.452, 0.3132, 264.05, '#0000ff'],
])('oklch(%d %d %d) is %s', (lightness, chroma, hue, expected) => {
  const near = (a: string, b: string) =>
    [1, 3, 5].every((at) => Math.abs(parseInt(a.slice(at, at + 2), 16) - parseInt(b.slice(at, at + 2), 16)) <= 2);
  expect(near(hex(lightness, chroma, hue), expected), hex(lightness, chroma, hue)).toBe(true);
});

/** As WCAG has it. */
function contrast(one: string, other: string): number {
  const light = (colour: string) =>
    [1, 3, 5]
      .map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
      .map((each) => (each <= 0.04045 ? each / 12.92 : ((each + 0.055) / 1.055) ** 2.4))
      .reduce((sum, each, at) => sum + each * ([0.2126, 0.7152, 0.0722][at] ?? 0), 0);
  const [high = 0, low = 0] = [light(one), light(other)].sort((a, b) => b - a);
  return (high + 0.05) / (low + 0.05);
}

it('no shop’s colour makes a poster hard to read', () => {
  for (let hue = 0; hue < 360; hue += 1) {
    const { accent, ink, soft } = colours(hue);
    for (const each of [accent, ink, soft]) expect(contrast(each, '#ffffff'), `${hue}: ${each}`).toBeGreaterThan(4.5);
  }
});
