import { at, dialog, type Screen } from './screen';

/** The day, the week and the month. As an owner. */
export const DAY: Screen[] = [
  at('/app', '.ledger, .list .empty'),
  dialog('/app', '.tools button'),
  {
    name: '/app, a visit of two services',
    open: async (page) => {
      await page.goto('/app');
      await page.locator('.tools button').click();
      const what = page.locator('dialog[open] select').first();
      await what.locator('option').nth(2).waitFor({ state: 'attached' });
      await what.selectOption({ index: 1 });
      await page.locator('dialog[open] .one').first().waitFor();
      await page.locator('dialog[open] .one ~ select').selectOption({ index: 2 });
      await page.locator('dialog[open] .hands').nth(1).waitFor();
    },
  },
  at('/app/week', '.grid .meter'),
  at('/app/month/2026-11-01', '.grid .meter'),
];
