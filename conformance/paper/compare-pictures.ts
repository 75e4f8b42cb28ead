import type { Picture } from '@grunnmur/post/test/page-pictures';

/** Grey values (of 255) that drawing the same at another place may shift. */
const SHADE = 64;

/**
 * The share of pixels that differ. A page that is moved or made smaller falls between pixels, so a pixel is alike
 * when the other picture has its value within one pixel's distance; both ways, so that neither may lack something.
 */
export function differingShare(one: Picture, other: Picture): number {
  if (one.width !== other.width || one.height !== other.height) return 1;
  const count = Math.max(beyond(one, other), beyond(other, one));
  return count / (one.width * one.height);
}

/** Pixels of `one` that are lighter or darker than everything around the same place in `other`. */
function beyond(one: Picture, { grey, width, height }: Picture): number {
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = one.grey[y * width + x]!;
      if (Math.abs(value - grey[y * width + x]!) <= SHADE) continue;
      let [least, most] = [255, 0];
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
          const near = grey[j * width + i]!;
          if (near < least) least = near;
          if (near > most) most = near;
        }
      }
      if (value < least - SHADE || value > most + SHADE) count++;
    }
  }
  return count;
}
