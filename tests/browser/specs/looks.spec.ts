import { expect, test } from '../support/bench';
import { expectAccessible, expectNoSidewaysScroll, expectThumbSized } from '../support/look';
import { owner } from '../support/people';
import { INSIDE, OUTSIDE } from '../support/screens';
import { speak } from '../support/speak';

for (const scheme of ['light', 'dark'] as const) {
  for (const language of ['en', 'ar']) {
    test(`every screen is accessible: ${scheme}, ${language}`, async ({ page, context }) => {
      test.setTimeout(180_000);
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      await speak(context, language);
      const seen = async () => {
        await expect(page.locator('html')).toHaveAttribute('dir', language === 'ar' ? 'rtl' : 'ltr');
        await expect(page.locator('html')).toHaveAttribute('lang', language);
      };
      for (const screen of OUTSIDE) {
        await screen.open(page);
        await seen();
        await expectAccessible(page, screen.name);
      }
      await owner(page);
      for (const screen of INSIDE) {
        await screen.open(page);
        await seen();
        await expectAccessible(page, screen.name);
      }
    });
  }
}

for (const [width, language] of [
  [320, 'en'],
  [320, 'de'],
  [320, 'ar'],
  [390, 'fr'],
  [768, 'es'],
] as const) {
  test(`no screen scrolls sideways and every target fits a thumb: ${width} px, ${language}`, async ({ page, context }) => {
    test.setTimeout(120_000);
    await page.setViewportSize({ width, height: 740 });
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await speak(context, language);
    for (const screen of OUTSIDE) {
      await screen.open(page);
      await expectNoSidewaysScroll(page, screen.name);
      await expectThumbSized(page, screen.name);
    }
    await owner(page);
    for (const screen of INSIDE) {
      await screen.open(page);
      await expectNoSidewaysScroll(page, screen.name);
      await expectThumbSized(page, screen.name);
    }
  });
}

test('text at twice its size still fits', async ({ page, context }) => {
  test.setTimeout(120_000);
  await page.setViewportSize({ width: 640, height: 800 });
  await context.addInitScript(() =>
    addEventListener('DOMContentLoaded', () => document.documentElement.style.setProperty('font-size', '200%')),
  );
  for (const screen of OUTSIDE) {
    await screen.open(page);
    await expectNoSidewaysScroll(page, screen.name);
  }
  await owner(page);
  for (const screen of INSIDE) {
    await screen.open(page);
    await expectNoSidewaysScroll(page, screen.name);
  }
});

test('a missing asset is not the shell', async ({ request }) => {
  const answer = await request.get('/assets/nothing-12345678.js');
  expect(answer.status()).toBe(404);
  expect(answer.headers()['content-type'] ?? '').not.toContain('text/html');
});
