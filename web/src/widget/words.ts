// What the widget says itself. It loads no catalogue: these are all its words.

export type Words = readonly [book: string, close: string];

const ENGLISH: Words = ['Book online', 'Close'];

const OTHERS = new Map<string, Words>([
  ['ar', ['احجز موعدًا', 'إغلاق']],
  ['de', ['Termin buchen', 'Schließen']],
  ['es', ['Reservar', 'Cerrar']],
  ['fr', ['Réserver', 'Fermer']],
]);

/** The words of the language that a page says it is in. */
export function wordsOf(tag: string): Words {
  return OTHERS.get(tag.toLowerCase().split(/[-_]/)[0] ?? '') ?? ENGLISH;
}

/** An angle of the colour circle; undefined if that is none. */
export function hueOf(text: string | undefined): number | undefined {
  const hue = text?.trim() ? Number(text) : NaN;
  return Number.isFinite(hue) ? ((hue % 360) + 360) % 360 : undefined;
}
