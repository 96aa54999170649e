import type { Page } from '@playwright/test';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A site of somebody else's, under a policy of its own. Its address is on this machine, like the product's:
 *  browsers let no page from outside load anything from there. */
export async function theirSite(page: Page, base: string, script: string, lang = 'en'): Promise<void> {
  const site = createServer((_request, answer) => {
    answer.setHeader('content-type', 'text/html; charset=utf-8');
    answer.setHeader(
      'content-security-policy',
      `default-src 'none'; img-src data:; script-src ${base}; frame-src ${base}`,
    );
    answer.end(`<!doctype html><html lang="${lang}" dir="${lang === 'ar' ? 'rtl' : 'ltr'}"><head><title>Salon</title><link rel="icon" href="data:," /></head>
      <body><h1>Salon</h1><p>Come in.</p><a href="${base}/elsewhere" data-openchair="elsewhere">Book a facial</a>
      ${script}</body></html>`);
  });
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening));
  page.once('close', () => site.close());
  await page.goto(`http://127.0.0.1:${(site.address() as AddressInfo).port}/`);
}
