import type { Fault } from '$lib/api/fault';
import { i18n, maybe, t } from '$lib/i18n/index.svelte';

/**
 * What to tell a person about a fault. The server's own sentence is the most exact one and is in
 * English; other languages have a sentence of their own for every code that people meet.
 */
export function sentence(fault: Fault): string {
  if (fault.code === 'rate_limited') return t('fault.rate_limited', { seconds: fault.retryAfter ?? 60 });
  const own = maybe(`fault.${fault.code}`);
  if (i18n.language === 'en' && fault.detail) return fault.detail;
  // Whatever it is called that went wrong in the server is our fault.
  if (!own && fault.status >= 500) return t('fault.unknown');
  return own ?? (fault.detail || t('fault.unknown'));
}
