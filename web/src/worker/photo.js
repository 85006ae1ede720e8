/** A photo's pixels, upright and in RGB: fer_keras/inference/photo.py. */

import { picture, reduce } from "./resample.js";

const WORKING_PIXELS = 1600 * 1200;
const GROUND = "rgb(128 128 128)";
const MOST_SHRUNK = [8, 4, 2, 1];
/** Rows that are read at once, so that a large photo is never in memory twice. */
const ROWS = 256;
/** As decoded: what the networks see depends on no colour profile. The picture is upright by itself. */
const AS_STORED = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
const QUICK = { willReadFrequently: true };
/** Where the browser can, a photo's colours are laid on the ground before they are rounded. A frame is opaque. */
const EXACT = { ...QUICK, colorType: "float16" };

/**
 * Promise {width, height (of the photo), pixels (a picture, of a large photo a smaller one)} of a Blob. Rejects with
 * one line for what the browser cannot decode.
 */
export async function readPhoto(blob) {
  const bitmap = await createImageBitmap(blob, AS_STORED).catch(() => null);
  if (!bitmap) throw new Error(`Expected a picture that this browser can open. Received: ${described(blob)}.`);
  const { width, height } = bitmap;
  const factor = factorOf(width * height, await isJpeg(blob));
  const rows = Math.ceil(ROWS / factor) * factor;
  const pixels = picture(Math.ceil(width / factor), Math.ceil(height / factor));
  for (let top = 0; top < height; top += rows) {
    const strip = reduce(pixelsOf(bitmap, top, Math.min(rows, height - top), EXACT), factor, factor);
    pixels.data.set(strip.data, (top / factor) * pixels.width * 3);
  }
  bitmap.close();
  return { width, height, pixels };
}

/** Return how many times smaller a photo is read: a JPEG by a power of two, as Pillow has its decoder shrink it. */
export function factorOf(pixels, jpeg) {
  const factor = Math.max(1, Math.floor(Math.sqrt(Math.floor(pixels / WORKING_PIXELS))));
  const shrunk = jpeg ? MOST_SHRUNK.find((each) => each <= factor) : 1;
  return shrunk * Math.floor(factor / shrunk);
}

async function isJpeg(blob) {
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  return first === 0xff && second === 0xd8;
}

/** Return the pixels of a frame (an ImageBitmap, closed then). */
export function readFrame(bitmap) {
  const pixels = pixelsOf(bitmap, 0, bitmap.height, QUICK);
  bitmap.close();
  return { width: pixels.width, height: pixels.height, pixels };
}

let [canvas, kind] = [];

function pixelsOf(bitmap, top, rows, wanted) {
  if (canvas?.width !== bitmap.width || canvas.height !== rows || kind !== wanted) {
    [canvas, kind] = [new OffscreenCanvas(bitmap.width, rows), wanted];
  }
  const context = canvas.getContext("2d", kind);
  context.fillStyle = GROUND;
  context.fillRect(0, 0, bitmap.width, rows);
  context.drawImage(bitmap, 0, -top);
  const { data } = context.getImageData(0, 0, bitmap.width, rows);
  const result = picture(bitmap.width, rows);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    result.data[to] = data[from];
    result.data[to + 1] = data[from + 1];
    result.data[to + 2] = data[from + 2];
  }
  return result;
}

function described(blob) {
  return [blob.name && `“${blob.name}”`, blob.type || "a file of no known kind", `${blob.size} bytes`]
    .filter(Boolean)
    .join(", ");
}
