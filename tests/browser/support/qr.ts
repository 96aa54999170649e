import type { Page } from '@playwright/test';
import jsQR from 'jsqr';

const WIDTH = 480;

/** What the code in a picture says. The page draws the picture, and what it sees is read like a phone's camera. */
export async function readCode(page: Page, picture: Buffer, kind: 'image/png' | 'image/svg+xml'): Promise<string | undefined> {
  // One letter for each dot: a list of numbers takes half a minute to come over.
  const dots = await page.evaluate(
    async ([address, width]) => {
      const image = new Image();
      image.src = address;
      await image.decode();
      const height = Math.round((width * image.naturalHeight) / image.naturalWidth);
      const context = new OffscreenCanvas(width, height).getContext('2d');
      context?.drawImage(image, 0, 0, width, height);
      const seen = context?.getImageData(0, 0, width, height).data ?? [];
      let text = '';
      for (let at = 0; at < seen.length; at += 4) text += (seen[at + 1] ?? 0) < 128 ? 'x' : ' ';
      return text;
    },
    [`data:${kind};base64,${picture.toString('base64')}`, WIDTH] as const,
  );
  const colours = new Uint8ClampedArray(dots.length * 4);
  for (let at = 0; at < dots.length; at += 1) {
    const light = dots[at] === 'x' ? 0 : 255;
    colours.set([light, light, light, 255], at * 4);
  }
  // It comes as CommonJS, which hands the function over under another name.
  const read = (jsQR as unknown as { default?: typeof jsQR }).default ?? jsQR;
  return read(colours, WIDTH, dots.length / WIDTH)?.data;
}
