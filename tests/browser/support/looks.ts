import type { Page } from '@playwright/test';
import { expect, test, type Guard } from './bench';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from './look';
import type { Part } from './screens/index';
import { showEach, type Screen } from './screens/screen';
import { speak } from './speak';

/** Looks at each of the screens of a part. */
async function each(page: Page, guard: Guard, { screens, enter }: Part, look: (screen: Screen) => Promise<void>): Promise<void> {
  await enter?.(page);
  page.setDefaultTimeout(20_000);
  guard.allow(...screens.flatMap(({ refusal }) => refusal ?? []));
  if (screens.some(({ away }) => away)) guard.away();
  expect(await showEach(page, screens, look)).toBe('');
}

/** The screen in another width or light, as somebody would have it before them. */
async function show(page: Page, { atEnd }: Screen, width: number, height: number, colorScheme: 'light' | 'dark' = 'light'): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
  if (atEnd) await page.evaluate(() => scrollTo(0, document.documentElement.scrollHeight));
}

/** Both directions of writing, wide; then narrow without loading anything anew. */
export function inBothDirections(part: Part): void {
  for (const language of ['en', 'ar']) {
    test(`every screen of ${part.name} is accessible and fits 320 px: ${language}`, async ({ page, context, guard }) => {
      test.setTimeout(300_000);
      await speak(context, language);
      await each(page, guard, part, async (screen) => {
        await page.setViewportSize({ width: 1280, height: 800 });
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await screen.open(page);
        await show(page, screen, 1280, 800);
        await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        await expectAccessible(page, screen.name);
        await show(page, screen, 390, 740, 'dark');
        await expectAccessible(page, `${screen.name}, dark, on a phone`);
        await page.setViewportSize({ width: 320, height: 740 });
        await expectNoSidewaysScroll(page, screen.name);
        await expectThumbSized(page, screen.name);
      });
    });
  }
}

/** The languages with the longest words, on the screens where that is tight. */
export function inLongWords(part: Part): void {
  for (const language of ['de', 'fr', 'es']) {
    test(`every screen of ${part.name} fits a phone and a tablet: ${language}`, async ({ page, context, guard }) => {
      test.setTimeout(240_000);
      await page.emulateMedia({ reducedMotion: 'reduce' });
      await speak(context, language);
      await each(page, guard, part, async (screen) => {
        await page.setViewportSize({ width: 768, height: 1024 });
        await screen.open(page);
        for (const width of [768, 390, 320]) {
          await page.setViewportSize({ width, height: 740 });
          await expectNoSidewaysScroll(page, `${screen.name} at ${width} px`);
          await expectThumbSized(page, `${screen.name} at ${width} px`);
        }
      });
    });
  }
}

export function atTwiceTheSize(part: Part): void {
  test(`text at twice its size still fits: ${part.name}`, async ({ page, context, guard }) => {
    test.setTimeout(240_000);
    await page.setViewportSize({ width: 640, height: 800 });
    await context.addInitScript(() =>
      addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%')),
    );
    await each(page, guard, part, async (screen) => {
      await screen.open(page);
      await expectNoSidewaysScroll(page, screen.name);
    });
  });
}
