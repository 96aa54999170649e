import { manners } from '$lib/api/client';
import { Fault } from '$lib/api/fault';

/** Fetches an export and hands it over as a file: a bare link could not name the business. */
export async function saveCsv(path: string, query: Record<string, string>, name: string): Promise<void> {
  const headers: HeadersInit = manners.tenant ? { 'Openchair-Tenant': manners.tenant } : {};
  const answer = await fetch(`${path}?${new URLSearchParams(query)}`, { headers }).catch(() => {
    throw Fault.offline();
  });
  if (!answer.ok) throw new Fault(await answer.json().catch(() => ({ status: answer.status })));
  const address = URL.createObjectURL(await answer.blob());
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
