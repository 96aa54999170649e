// The code of a voucher as people type it.

const LENGTH = 16;
/** Letters that look like digits are never in a code: who reads one means the digit. */
const LOOKS_LIKE: Record<string, string> = { I: '1', L: '1', O: '0' };

/** A code in the form in which it is printed; undefined if it can't be one. */
export function codeOf(typed: string): string | undefined {
  const plain = typed
    .toUpperCase()
    .replace(/[\s\-–—_.]/g, '')
    .replace(/[ILO]/g, (letter) => LOOKS_LIKE[letter] ?? letter);
  if (plain.length !== LENGTH || !/^[0-9A-HJKMNP-TV-Z]+$/.test(plain)) return undefined;
  return plain.match(/.{4}/g)?.join('-');
}
