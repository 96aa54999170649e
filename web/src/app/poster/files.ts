import { asAddress, SIZES, type Paper } from './sheet';

/** Hands something over as a file. */
export function keep(blob: Blob, name: string): void {
  const address = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export const svgFile = (svg: string): Blob => new Blob([svg], { type: 'image/svg+xml' });

/** Dots for a millimetre: 200 to the inch, which is enough for a poster and small enough for a phone. */
const DOTS = 200 / 25.4;

/** The drawing as a picture. Nothing of it leaves the device. */
export async function pngFile(svg: string, paper: Paper): Promise<Blob> {
  const { width, height } = SIZES[paper];
  const picture = new Image();
  picture.src = asAddress(svg);
  await picture.decode();
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [Math.round(width * DOTS), Math.round(height * DOTS)];
  canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/png'));
  if (!blob) throw new Error('the picture is empty');
  return blob;
}
