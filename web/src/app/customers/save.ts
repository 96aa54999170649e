import { manners } from '$lib/api/ask';
import { Fault } from '$lib/api/fault';
import { readAll, type Progress } from './progress';

/** Hands something over as a file. */
export function saveAs(content: BlobPart, type: string, name: string): void {
  const address = URL.createObjectURL(new Blob([content], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

/** Fetches all customers and hands them over, unless it is called off: a bare link could not name the business. */
export async function saveExport(name: string, onprogress: (progress: Progress) => void, signal: AbortSignal): Promise<void> {
  const headers: HeadersInit = manners.tenant ? { 'Openchair-Tenant': manners.tenant } : {};
  const answer = await fetch('/v1/customers/export', { headers, signal }).catch(() => {
    throw Fault.offline();
  });
  if (!answer.ok) throw new Fault(await answer.json().catch(() => ({ status: answer.status })));
  const parts = await readAll(answer, onprogress).catch(() => {
    throw Fault.offline();
  });
  saveAs(new Blob(parts), 'text/csv;charset=utf-8', name);
}
