// The product's colours as files have them that know no oklch(): the same roles, worked out.

type Triple = readonly [number, number, number];

function linear(lightness: number, chroma: number, hue: number): Triple {
  const angle = (hue * Math.PI) / 180;
  const [a, b] = [chroma * Math.cos(angle), chroma * Math.sin(angle)];
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  return [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
}

const fits = (rgb: Triple): boolean => rgb.every((each) => each > -0.0005 && each < 1.0005);

/** `#rrggbb` of an OKLCH colour; one that no screen has becomes the nearest with less chroma. */
export function hex(lightness: number, chroma: number, hue: number): string {
  let reached = chroma;
  while (reached > 0 && !fits(linear(lightness, reached, hue))) reached -= 0.002;
  const bytes = linear(lightness, Math.max(0, reached), hue).map((each) => {
    const value = Math.min(1, Math.max(0, each));
    const gamma = value <= 0.0031308 ? value * 12.92 : 1.055 * value ** (1 / 2.4) - 0.055;
    return Math.round(gamma * 255).toString(16).padStart(2, '0');
  });
  return `#${bytes.join('')}`;
}

/** What `styles/tokens.css` gives these roles in the light. */
export const colours = (hue: number) => ({
  accent: hex(0.45, 0.11, hue),
  wash: hex(0.945, 0.03, hue),
  ink: hex(0.23, 0.025, hue),
  soft: hex(0.46, 0.024, hue),
});
