// Tables as text. The server reads the file itself and says what becomes of each row; it is read here, too, so that
// one sees whose row that is.

export interface Line {
  /** As a spreadsheet counts: the header is row 1. */
  row: number;
  cells: string[];
}

export interface Table {
  header: string[];
  lines: Line[];
}

const DELIMITERS = [',', ';', '\t'];

/** The text of a file: by its byte order mark, else as UTF-8, else as spreadsheets on Windows write it. */
export function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return new TextDecoder('windows-1252').decode(bytes);
  }
}

/** What stands between cells: whichever the first row has most of outside its quotes; of equals, the comma. */
export function delimiterOf(text: string): string {
  const first = text.split('\n', 1)[0] ?? '';
  const bare = first.replace(/"[^"]*"?/g, '');
  const count = (delimiter: string) => bare.split(delimiter).length;
  return DELIMITERS.reduce((best, each) => (count(each) > count(best) ? each : best));
}

/** Reads a table as the server does. Empty lines don't count. */
export function table(text: string): Table {
  const whole = text.replace(/^\ufeff/, '');
  const named = /^sep=([,;\t])\r?\n/.exec(whole);
  const plain = named ? whole.slice(named[0].length) : whole;
  const [header, ...rest] = records(plain, named?.[1] ?? delimiterOf(plain));
  return {
    header: header ?? [],
    lines: rest
      .map((cells, at) => ({ row: at + 2, cells }))
      .filter(({ cells }) => cells.some((cell) => cell !== '')),
  };
}

function records(text: string, delimiter: string): string[][] {
  const out: string[][] = [];
  let cells: string[] = [];
  let cell = '';
  let quoted = false;
  let begun = false;
  const endCell = () => {
    cells.push(cell.trim());
    cell = '';
  };
  const endRow = () => {
    endCell();
    if (begun) out.push(cells);
    [cells, begun] = [[], false];
  };
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at] as string;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[at + 1] === '"') cell += text[(at += 1)];
      else quoted = false;
    } else if (char === '"' && cell.trim() === '') {
      [cell, quoted, begun] = ['', true, true];
    } else if (char === delimiter) {
      begun = true;
      endCell();
    } else if (char === '\n' || char === '\r') {
      endRow();
    } else {
      begun = true;
      cell += char;
    }
  }
  endRow();
  return out;
}

/** Cells as one line of a file. */
export function lineOf(cells: readonly string[]): string {
  return cells.map((cell) => (/[",;\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',') + '\r\n';
}

/** A table of these rows alone, such as those that have to be corrected. */
export function only({ header, lines }: Table, rows: ReadonlySet<number>): string {
  return [header, ...lines.filter(({ row }) => rows.has(row)).map(({ cells }) => cells)].map(lineOf).join('');
}

/** What the server understands, as a file to fill in. */
export const TEMPLATE = lineOf([
  'name',
  'email',
  'phone',
  'note',
  'tags',
  'marketing_email',
  'marketing_sms',
  'reminders_sms',
]);
