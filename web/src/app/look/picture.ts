// What can be shown, and how large: the server decides, this says it before anything is sent.

export type Kind = 'logo' | 'photo';

export interface Size {
  width: number;
  height: number;
}

/** How large the server makes it at most, and how long each side is at least. */
export const SHOWN: Record<Kind, Size & { least: number }> = {
  logo: { width: 512, height: 512, least: 32 },
  photo: { width: 1600, height: 1000, least: 240 },
};

/** The largest body that the server takes. */
export const MAX_BYTES = 5 * 1024 * 1024;
/** The most pixels that it unpacks. */
const MAX_PIXELS = 26_000_000;
/** What is sent as it is: on a slow line, half a minute. */
const SMALL = 1024 * 1024;

/** What the server reads. */
export const READABLE = ['image/png', 'image/jpeg'];

/** No larger than that, in the same shape, and never larger than it is. */
export function fit({ width, height }: Size, most: Size): Size {
  const by = Math.min(1, most.width / width, most.height / height);
  return { width: Math.max(1, Math.round(width * by)), height: Math.max(1, Math.round(height * by)) };
}

/** Whether it goes as it is. Else it is drawn smaller here: a telephone's photo has ten times the bytes. */
export function goesAsItIs(file: { size: number; type: string }, { width, height }: Size): boolean {
  return READABLE.includes(file.type) && file.size <= SMALL && width * height <= MAX_PIXELS;
}

/** As what it is drawn: a logo may be seen through, a photo must be small. */
export function drawnAs(kind: Kind): string {
  return kind === 'logo' ? 'image/png' : 'image/jpeg';
}

/** How large it is drawn here: with a logo the server has something to choose from. */
export function drawnAt(kind: Kind, size: Size): Size {
  const { width, height } = SHOWN[kind];
  return fit(size, kind === 'logo' ? { width: 2 * width, height: 2 * height } : { width, height });
}

/** A drawing in XML, which may hold scripts. */
export function isSvg(file: { name: string; type: string }): boolean {
  return file.type === 'image/svg+xml' || /\.svgz?$/i.test(file.name);
}

export function isTooSmall(kind: Kind, { width, height }: Size): boolean {
  return Math.min(width, height) < SHOWN[kind].least;
}

/** The first picture of what was dropped or pasted; else the first file, so that it is said why it isn't one. */
export function chosen<F extends { type: string }>(files: Iterable<F>): F | undefined {
  const all = [...files];
  return all.find(({ type }) => type.startsWith('image/')) ?? all[0];
}
