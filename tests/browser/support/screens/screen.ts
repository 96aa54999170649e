import type { Page } from '@playwright/test';

export interface Screen {
  name: string;
  open: (page: Page) => Promise<unknown>;
  /** It is looked at scrolled to its end, where what stays at hand at the bottom covers nothing. */
  atEnd?: true;
  /** The status of an answer that belongs to it. */
  refusal?: number;
}

/** A page at this path, when this is there. */
export const at = (path: string, ready: string): Screen => ({
  name: path,
  open: async (page) => {
    await page.goto(path);
    await page.locator(ready).first().waitFor();
  },
});

/** A dialog with a form that a button of the page opens. */
export const dialog = (path: string, open: string): Screen => ({
  name: `${path}, its dialog`,
  open: async (page) => {
    await page.goto(path);
    await page.locator(open).click();
    await page.locator('dialog[open] form').waitFor();
  },
});
