// Words on a sheet of paper. No letter is measured: a drawing must look alike on a machine that has none of
// our faces, so that every width here is a guess on the wide side.

/** How wide a letter is, of its size. */
function width(letter: string): number {
  if (/[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]|\p{Extended_Pictographic}/u.test(letter)) return 1.05;
  if (/[\p{M}\u200b-\u200f]/u.test(letter)) return 0;
  if (/[ilj.,:;'’!|()[\] ]/.test(letter)) return 0.34;
  if (/[mwMW@%—]/.test(letter)) return 0.95;
  return /\p{Lu}/u.test(letter) ? 0.76 : 0.62;
}

export const wide = (text: string, size: number): number =>
  [...text].reduce((sum, letter) => sum + width(letter), 0) * size;

export interface Fitted {
  lines: string[];
  size: number;
}

/** Puts a text into as few lines as it takes, as big as they can be. */
export function fit(text: string, room: number, { most, least, lines }: { most: number; least: number; lines: number }): Fitted {
  for (let size = most; size > least; size -= 1) {
    const broken = wrapped(text, room, size);
    if (broken.length <= lines && broken.every((line) => wide(line, size) <= room)) {
      return { lines: balanced(text, room, size, broken.length), size };
    }
  }
  const broken = wrapped(text, room, least).flatMap((line) => chopped(line, room, least));
  const kept = broken.slice(0, lines);
  if (broken.length > lines) kept[lines - 1] = `${[...(kept[lines - 1] ?? '')].slice(0, -1).join('')}…`;
  return { lines: kept, size: least };
}

function wrapped(text: string, room: number, size: number): string[] {
  const lines: string[] = [];
  for (const word of text.trim().split(/\s+/)) {
    const last = lines.at(-1);
    const longer = last === undefined ? word : `${last} ${word}`;
    if (last !== undefined && wide(longer, size) <= room) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** In as many lines, and none of them a lone word where that can be helped. */
function balanced(text: string, room: number, size: number, count: number): string[] {
  let best = wrapped(text, room, size);
  for (let narrow = room * 0.97; narrow > room / count; narrow *= 0.97) {
    const tried = wrapped(text, narrow, size);
    if (tried.length > count || tried.some((line) => wide(line, size) > narrow)) break;
    best = tried;
  }
  return best;
}

/** A word that is longer than a line. */
function chopped(word: string, room: number, size: number): string[] {
  const parts = [''];
  for (const letter of word) {
    const last = parts.at(-1) ?? '';
    if (last && wide(last + letter, size) > room) parts.push(letter);
    else parts[parts.length - 1] = last + letter;
  }
  return parts;
}
