import { manners } from '$lib/api/client';
import { Fault } from '$lib/api/fault';
import { i18n } from '$lib/i18n/index.svelte';

/** Hands something over as a file. */
export function saveAs(content: BlobPart, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export interface Progress {
  bytes: number;
  /** How much of the whole that is, where the server says how much there is. */
  share?: number;
}

/** Fetches all customers and hands them over: a bare link could not name the business. */
export async function saveExport(name: string, onprogress: (progress: Progress) => void): Promise<void> {
  const headers: HeadersInit = manners.tenant ? { 'Openchair-Tenant': manners.tenant } : {};
  const answer = await fetch('/v1/customers/export', { headers }).catch(() => {
    throw Fault.offline();
  });
  if (!answer.ok) throw new Fault(await answer.json().catch(() => ({ status: answer.status })));
  const parts = await readAll(answer, onprogress).catch(() => {
    throw Fault.offline();
  });
  saveAs(new Blob(parts), 'text/csv;charset=utf-8', name);
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
  return new Intl.NumberFormat(i18n.tag, options).format(amount);
}
