// A poster, as a drawing that stands on its own: nothing in it is fetched from anywhere.
import { encode } from 'uqr';
import { colours } from './colours';
import { fit, type Fitted } from './fit';

export type Paper = 'a4' | 'letter';

/** In millimetres. */
export const SIZES: Record<Paper, { width: number; height: number }> = {
  a4: { width: 210, height: 297 },
  letter: { width: 215.9, height: 279.4 },
};

// Where people put Letter into their printers; everybody else has A4.
const LETTER = new Set(['US', 'CA', 'MX', 'PR', 'GU', 'VI', 'AS', 'MP', 'PH', 'CL', 'CO', 'CR', 'DO', 'GT', 'HN', 'NI', 'PA', 'SV', 'VE']);

export const paperOf = (country: string): Paper => (LETTER.has(country) ? 'letter' : 'a4');

export interface Wanted {
  paper: Paper;
  hue: number;
  /** The shop. */
  name: string;
  /** What one does with it: "Book here". */
  call: string;
  /** How. */
  how: string;
  /** What the code leads to. */
  url: string;
  rtl: boolean;
}

const FACE = "'Figtree Variable', Figtree, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, 'Noto Sans', 'Noto Sans Arabic', sans-serif";

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`).replace(/[^\P{C}\n\t\u200c-\u200f]/gu, '');

/** The dark squares as one path: a run of them is one box. */
export function modules(text: string): { path: string; size: number } {
  const { data, size } = encode(text, { ecc: 'M', border: 0 });
  const boxes = data.flatMap((row, y) => {
    const found: string[] = [];
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (x < size && row[x]) x += 1;
      found.push(`M${from} ${y}h${x - from}v1h-${x - from}z`);
    }
    return found;
  });
  return { path: boxes.join(''), size };
}

/** Without what nobody types. */
export const shownUrl = (url: string): string => url.replace(/^https?:\/\//, '');

export function posterOf({ paper, hue, name, call, how, url, rtl }: Wanted): string {
  const { width, height } = SIZES[paper];
  const { accent, wash, ink, soft } = colours(hue);
  const room = width - 36;
  const middle = width / 2;
  const title = fit(name, room, { most: 22, least: 9, lines: 3 });
  const action = fit(call, room, { most: 17, least: 9, lines: 2 });
  const lead = fit(how, room, { most: 7.5, least: 5, lines: 3 });
  const address = fit(shownUrl(url), room, { most: 8, least: 3.5, lines: 3 });

  const band = 26 + block(title);
  const top = band + 15 + block(action);
  // As big as the rest of the sheet lets it be: it is read from the other side of a door.
  const code = Math.min(124, Math.max(84, height - top - block(lead) - block(address) - 50));
  const { path, size } = modules(url);
  // Four squares of white round it, or cameras don't find it.
  const unit = code / (size + 8);
  const below = top + 7 + code;
  const text = (fitted: Fitted, y: number, weight: number, fill: string, ltr = false) =>
    fitted.lines
      .map(
        (line, at) =>
          `<text x="${round(middle)}" y="${round(y + fitted.size * (0.78 + at * 1.16))}" font-size="${fitted.size}" font-weight="${weight}" fill="${fill}" text-anchor="middle" direction="${rtl && !ltr ? 'rtl' : 'ltr'}" unicode-bidi="${ltr ? 'bidi-override' : 'embed'}">${escaped(line)}</text>`,
      )
      .join('');

  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}mm" height="${height}mm" viewBox="0 0 ${width} ${height}" font-family="${FACE}">` +
    `<title>${escaped(`${name}: ${call}`)}</title><desc>${escaped(url)}</desc>` +
    `<rect width="${width}" height="${height}" fill="#fff"/>` +
    `<rect width="${width}" height="${round(band)}" fill="${accent}"/>` +
    text(title, 13, 750, '#fff') +
    text(action, band + 12, 750, ink) +
    `<rect x="${round(middle - code / 2 - 4)}" y="${round(top + 3)}" width="${code + 8}" height="${code + 8}" rx="7" fill="${wash}"/>` +
    `<rect x="${round(middle - code / 2)}" y="${round(top + 7)}" width="${code}" height="${code}" rx="4" fill="#fff"/>` +
    `<path transform="translate(${round(middle - code / 2 + 4 * unit)} ${round(top + 7 + 4 * unit)}) scale(${unit.toFixed(5)})" d="${path}" fill="#000" shape-rendering="crispEdges"/>` +
    text(lead, below + 14, 500, soft) +
    text(address, below + 20 + block(lead), 700, accent, true) +
    `</svg>`
  );
}

const block = ({ lines, size }: Fitted): number => size * (1 + (lines.length - 1) * 1.16);
const round = (value: number): number => Math.round(value * 100) / 100;

export const asAddress = (svg: string): string => `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;

/** A file's name that every system takes. */
export const fileName = (slug: string, what: string, end: string): string => `${slug}-${what}.${end}`;
