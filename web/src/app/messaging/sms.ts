// How a text counts with those who carry it. 160 characters of the old alphabet fit into one, 70 of any other;
// of longer ones each part gives some room away, so that it finds its neighbours.

const PLAIN = new Set(
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà',
);
const DOUBLE = new Set('^{}\\[~]|€\f');

export interface Counted {
  /** Whether all of it is in the old alphabet. */
  plain: boolean;
  /** What it takes up, in characters of its alphabet. */
  length: number;
  /** How many texts are paid. */
  texts: number;
  /** What still fits into the last of them. */
  left: number;
  /** Characters for which the old alphabet isn't enough, each once. */
  odd: string[];
}

export function counted(text: string): Counted {
  const odd = [...new Set([...text].filter((each) => !PLAIN.has(each) && !DOUBLE.has(each)))];
  const plain = odd.length === 0;
  const sizes = [...text].map((each) => (plain ? (DOUBLE.has(each) ? 2 : 1) : each.length));
  const length = sizes.reduce((sum, size) => sum + size, 0);
  const alone = plain ? 160 : 70;
  if (length <= alone) return { plain, length, texts: length > 0 ? 1 : 0, left: alone - length, odd };
  const part = plain ? 153 : 67;
  // A character that takes two places isn't cut in two.
  let texts = 1;
  let used = 0;
  for (const size of sizes) {
    if (used + size > part) {
      texts += 1;
      used = 0;
    }
    used += size;
  }
  return { plain, length, texts, left: part - used, odd };
}
