import { aPicture } from '../pictures';
import { at, type Screen } from './screen';

export const LOOK: Screen[] = [
  at('/app/look', '.preview figure'),
  {
    name: '/app/look, a logo and a photo chosen',
    open: async (page) => {
      await page.goto('/app/look');
      await page.locator('input[type=file]').first().setInputFiles(await aPicture(page, 'logo.png', 300, 200));
      await page.locator('.logo img').waitFor();
      await page.locator('input[type=file]').last().setInputFiles(await aPicture(page, 'photo.jpg', 1600, 900));
      await page.locator('figure.photo img').waitFor();
    },
  },
];
