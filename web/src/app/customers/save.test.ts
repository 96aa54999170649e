import { afterEach, expect, it, vi } from 'vitest';
import { saveExport } from './save';

afterEach(() => vi.unstubAllGlobals());

it('fetches no further, and hands nothing over, once it is called off', async () => {
  const made = vi.fn();
  vi.stubGlobal('document', { createElement: made });
  vi.stubGlobal('fetch', (_: string, { signal }: RequestInit) => {
    const body = new ReadableStream({
      start(into) {
        into.enqueue(new TextEncoder().encode('id,name\n'));
        signal?.addEventListener('abort', () => into.error(signal.reason));
      },
    });
    return Promise.resolve(new Response(body));
  });
  const leave = new AbortController();
  const saving = saveExport('customers.csv', () => leave.abort(), leave.signal);
  await expect(saving).rejects.toMatchObject({ code: 'offline' });
  expect(made).not.toHaveBeenCalled();
});
