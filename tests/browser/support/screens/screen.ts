import type { Page } from '@playwright/test';

export interface Screen {
  name: string;
  open: (page: Page) => Promise<unknown>;
  /** Puts back what it changed for the screens after it. */
  close?: (page: Page) => Promise<unknown>;
  /** It is looked at scrolled to its end, where what stays at hand at the bottom covers nothing. */
  atEnd?: true;
  /** The status of an answer that belongs to it. */
  refusal?: number;
  /** It is what one sees without a network: what can't be loaded then is no fault. */
  away?: true;
}

/** A page at this path, when this is there. */
export const at = (path: string, ready: string): Screen => ({
  name: path,
  open: async (page) => {
    await page.goto(path);
    await page.locator(ready).filter({ visible: true }).first().waitFor();
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

/** Shows each of the screens, also after a fault in one of them: one run says all there is to mend. */
export async function showEach(page: Page, screens: Screen[], look: (screen: Screen, at: number) => Promise<void>): Promise<string> {
  const faults: string[] = [];
  for (const [at, screen] of screens.entries()) {
    try {
      await look(screen, at);
    } catch (fault) {
      faults.push(`${screen.name}: ${fault instanceof Error ? fault.message : String(fault)}`);
    }
    await screen.close?.(page);
  }
  return faults.join('\n\n');
}
