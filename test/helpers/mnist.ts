// Inputs of the published MNIST networks: strokes that look like none, and pictures of digits.
import { decode } from "jpeg-js";
import type { Random } from "./random.ts";

/** A wandering stroke on 28×28 grey pixels, 0..255. */
export function stroke(random: Random): Float32Array {
  const image = new Float32Array(784);
  let [x, y] = [8 + 12 * random.next(), 4 + 4 * random.next()];
  for (let step = 0; step < 24; step++) {
    x = Math.max(1, Math.min(26, x + 4 * random.next() - 2));
    y = Math.min(26, y + random.next());
    for (const [dx, dy] of [
      [0, 0],
      [1, 0],
      [0, 1],
      [1, 1],
    ] as const)
      image[28 * Math.floor(y + dy) + Math.floor(x + dx)] = Math.round(128 + 127 * random.next());
  }
  return image;
}

/** A picture of any size as 28×28 grey values, light on dark. */
export function greyOf(file: Uint8Array): Float32Array {
  const { width, height, data } = decode(file, { useTArray: true });
  const image = new Float32Array(784);
  for (let place = 0; place < 784; place++) {
    const row = Math.floor(((Math.floor(place / 28) + 0.5) * height) / 28);
    const column = Math.floor((((place % 28) + 0.5) * width) / 28);
    image[place] = data[4 * (row * width + column)]!;
  }
  return image;
}
