// How far something that is fetched has come.
import { i18n } from '$lib/i18n/index.svelte';
import { numbers } from '$lib/intl';

export interface Progress {
  bytes: number;
  /** How much of the whole that is, where the server says how much there is. */
  share?: number;
}

/** The body of an answer, and how far it has come. */
export async function readAll(answer: Response, onprogress: (progress: Progress) => void): Promise<Uint8Array<ArrayBuffer>[]> {
  // What is packed is counted unpacked: its length says nothing then.
  const whole = answer.headers.get('Content-Encoding') ? 0 : Number(answer.headers.get('Content-Length'));
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let bytes = 0;
  const reader = answer.body?.getReader();
  for (let part = await reader?.read(); part?.value; part = await reader?.read()) {
    parts.push(part.value);
    bytes += part.value.length;
    onprogress({ bytes, ...(whole > 0 && { share: Math.min(1, bytes / whole) }) });
  }
  return parts;
}

/** An amount of data in the reader's words. */
export function sizeText(bytes: number): string {
  const [unit, amount] = bytes < 1_000_000 ? ['kilobyte', bytes / 1000] : ['megabyte', bytes / 1_000_000];
  const options = { style: 'unit', unit, maximumFractionDigits: amount < 10 ? 1 : 0 } as const;
  return numbers(i18n.tag, options).format(amount);
}
