import type { Page } from '@playwright/test';
import jsQR from 'jsqr';

/** What the code in a picture says. The page draws the picture, as a phone's camera would see it. */
export async function readCode(page: Page, picture: Buffer, kind: 'image/png' | 'image/svg+xml'): Promise<string | undefined> {
  const WIDTH = 480;
  const seen = await page.evaluate(
    async ([address, width]) => {
      const image = new Image();
      image.src = address as string;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = width as number;
      canvas.height = Math.round((canvas.width * image.naturalHeight) / image.naturalWidth);
      const context = canvas.getContext('2d');
      context?.drawImage(image, 0, 0, canvas.width, canvas.height);
      const { data } = context?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
      return { width: image.naturalWidth, height: image.naturalHeight, rows: canvas.height, data: Array.from(data) };
    },
    [`data:${kind};base64,${picture.toString('base64')}`, WIDTH] as const,
  );
  // It comes as CommonJS, which hands the function over under another name.
  const read = ('default' in jsQR ? jsQR.default : jsQR) as typeof jsQR.default;
  return read(Uint8ClampedArray.from(seen.data), WIDTH, seen.rows)?.data;
}
