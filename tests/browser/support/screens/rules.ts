import { at, type Screen } from './screen';

export const RULES: Screen[] = [
  at('/app/rules', 'main figure'),
  {
    name: '/app/rules, changed',
    atEnd: true,
    open: async (page) => {
      await page.goto('/app/rules');
      await page.locator('main input[type=checkbox]').first().click();
      await page.locator('main .bar button').last().waitFor();
    },
  },
];
