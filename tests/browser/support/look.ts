import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** No violation of WCAG 2.2 AA on what is shown now, in light and in dark. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await expectNoViolation(page, where, (axe) =>
    axe.withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']),
  );
  // Nothing but colours depends on the scheme.
  await page.emulateMedia({ colorScheme: 'dark' });
  await expectNoViolation(page, `${where}, dark`, (axe) => axe.withRules(['color-contrast']));
  await page.emulateMedia({ colorScheme: 'light' });
}

async function expectNoViolation(
  page: Page,
  where: string,
  rules: (axe: AxeBuilder) => AxeBuilder,
): Promise<void> {
  // Moving things are looked at once they stand still.
  await page.evaluate(() => Promise.all(document.getAnimations().map((each) => each.finished.catch(() => undefined))));
  const { violations } = await rules(new AxeBuilder({ page })).analyze();
  const found = violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${where}: ${id}: ${node.target.join(' ')}: ${node.failureSummary ?? ''}`),
  );
  expect(found).toEqual([]);
}

/** Nothing is wider than the screen. */
export async function expectNoSidewaysScroll(page: Page, where: string): Promise<void> {
  const wide = await page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    return [...document.querySelectorAll('body *')]
      .filter((each) => each.getBoundingClientRect().right > width + 1 || each.getBoundingClientRect().left < -1)
      .slice(0, 5)
      .map((each) => `${each.tagName.toLowerCase()}.${each.className}`);
  });
  expect(wide, `${where} is wider than the screen`).toEqual([]);
}

/** Everything one can press is big enough for a thumb; links within a sentence are excepted. */
export async function expectThumbSized(page: Page, where: string): Promise<void> {
  const small = await page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('button, .button, select, input:not([type=radio], [type=checkbox], [aria-hidden]), nav a')]
      .filter((each) => each.checkVisibility({ visibilityProperty: true }) && !each.closest('[inert]'))
      .map((each) => ({ each, box: each.getBoundingClientRect() }))
      .filter(({ box }) => box.width > 0 && (box.height < 43.5 || box.width < 43.5))
      .map(({ each, box }) => `${each.tagName.toLowerCase()} "${each.textContent?.trim()}" ${box.width}×${box.height}`),
  );
  expect(small, `${where} has targets under 44 px`).toEqual([]);
}
