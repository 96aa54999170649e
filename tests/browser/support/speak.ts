import type { BrowserContext } from '@playwright/test';

/** Makes every page of this browser speak a language, as if it had been chosen there. */
export async function speak(context: BrowserContext, language: string): Promise<void> {
  await context.addInitScript((tag) => {
    // The blank page that axe opens has no storage.
    if (location.protocol.startsWith('http')) localStorage.setItem('openchair.locale', tag);
  }, language);
}
