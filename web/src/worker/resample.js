/**
 * Resizing of 8-bit RGB pictures with Pillow's arithmetic (libImaging/Resample.c and Reduce.c), equal to the last bit:
 * the networks see in the page what they see in Python. A picture is {width, height, data: 3 bytes a pixel}.
 */

const PRECISION = 2 ** 22;
const A = -0.5;

function cubic(x) {
  const t = Math.abs(x);
  if (t < 1) return ((A + 2) * t - (A + 3)) * t * t + 1;
  return t < 2 ? (((t - 5) * t + 8) * t - 4) * A : 0;
}

const FILTERS = {
  box: { support: 0.5, weight: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: cubic },
};

/** Return a new picture. */
export function picture(width, height, data = new Uint8Array(width * height * 3)) {
  return { width, height, data };
}

/**
 * Return `source` as [width, height] by "box", "bilinear" or "bicubic", averaged where it shrinks. With a `gap` a
 * picture that shrinks more than that is first reduced by a whole factor (Pillow's reducing_gap).
 */
export function resize(source, width, height, filter, gap = 0) {
  if (source.width === width && source.height === height) return source;
  let [across, down] = [source.width, source.height];
  if (gap) {
    const factors = [Math.trunc(across / width / gap) || 1, Math.trunc(down / height / gap) || 1];
    source = reduce(source, ...factors);
    [across, down] = [Math.fround(across / factors[0]), Math.fround(down / factors[1])];
  }
  const rows = across === width && source.width === width
    ? source
    : horizontal(source, width, coefficients(source.width, across, width, FILTERS[filter]));
  return down === height && source.height === height
    ? rows
    : vertical(rows, height, coefficients(source.height, down, height, FILTERS[filter]));
}

/** Return for each pixel of the result where its first source pixel is, how many there are, and their weights. */
function coefficients(length, extent, size, { support, weight }) {
  const scale = extent / size;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const most = Math.ceil(reach) * 2 + 1;
  const first = new Int32Array(size);
  const count = new Int32Array(size);
  const weights = new Int32Array(size * most);
  for (let at = 0; at < size; at++) {
    const centre = (at + 0.5) * scale;
    first[at] = Math.max(0, Math.trunc(centre - reach + 0.5));
    count[at] = Math.min(length, Math.trunc(centre + reach + 0.5)) - first[at];
    const row = Array.from({ length: count[at] }, (_, x) => weight((x + first[at] - centre + 0.5) * (1 / stretch)));
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, x) => {
      const share = (sum ? value / sum : value) * PRECISION;
      weights[at * most + x] = Math.trunc(share < 0 ? share - 0.5 : share + 0.5);
    });
  }
  return { first, count, weights, most };
}

function clipped(sum) {
  const value = sum >> 22;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function horizontal(source, width, { first, count, weights, most }) {
  const result = picture(width, source.height);
  const [from, to] = [source.data, result.data];
  for (let y = 0, out = 0; y < source.height; y++) {
    for (let x = 0; x < width; x++, out += 3) {
      let [red, green, blue] = [PRECISION / 2, PRECISION / 2, PRECISION / 2];
      let place = (y * source.width + first[x]) * 3;
      const end = x * most + count[x];
      for (let at = x * most; at < end; at++, place += 3) {
        const share = weights[at];
        red += from[place] * share;
        green += from[place + 1] * share;
        blue += from[place + 2] * share;
      }
      to[out] = clipped(red);
      to[out + 1] = clipped(green);
      to[out + 2] = clipped(blue);
    }
  }
  return result;
}

function vertical(source, height, { first, count, weights, most }) {
  const result = picture(source.width, height);
  const [from, to, stride] = [source.data, result.data, source.width * 3];
  const sums = new Int32Array(stride);
  for (let y = 0; y < height; y++) {
    sums.fill(PRECISION / 2);
    for (let at = 0; at < count[y]; at++) {
      const share = weights[y * most + at];
      const place = (first[y] + at) * stride;
      for (let x = 0; x < stride; x++) sums[x] += from[place + x] * share;
    }
    for (let x = 0; x < stride; x++) to[y * stride + x] = clipped(sums[x]);
  }
  return result;
}

/** Return `source` with the mean of each block of `across` x `down` pixels as one, the last ones of fewer pixels. */
export function reduce(source, across, down) {
  if (across === 1 && down === 1) return source;
  const result = picture(Math.ceil(source.width / across), Math.ceil(source.height / down));
  for (let y = 0, out = 0; y < result.height; y++) {
    const rows = Math.min(down, source.height - y * down);
    for (let x = 0; x < result.width; x++, out += 3) {
      const columns = Math.min(across, source.width - x * across);
      average(source, x * across, y * down, columns, rows, result.data, out);
    }
  }
  return result;
}

/** Write the mean of the pixels of a block into `to` at `out`. */
function average({ width, data }, left, top, columns, rows, to, out) {
  const pixels = columns * rows;
  let [red, green, blue] = [pixels >> 1, pixels >> 1, pixels >> 1];
  for (let y = top; y < top + rows; y++) {
    const end = (y * width + left + columns) * 3;
    for (let at = (y * width + left) * 3; at < end; at += 3) {
      red += data[at];
      green += data[at + 1];
      blue += data[at + 2];
    }
  }
  const share = Math.floor(2 ** 24 / pixels) / 2 ** 24;
  to[out] = red * share;
  to[out + 1] = green * share;
  to[out + 2] = blue * share;
}

/** Return the square of `side` pixels at (left, top). */
export function cropped(source, left, top, side) {
  const result = picture(side, side);
  for (let y = 0; y < side; y++) {
    const start = ((top + y) * source.width + left) * 3;
    result.data.set(source.data.subarray(start, start + side * 3), y * side * 3);
  }
  return result;
}

/** Return the picture in grey as Pillow's mode L: one byte a pixel. */
export function grey({ width, height, data }) {
  const result = new Uint8Array(width * height);
  for (let at = 0; at < result.length; at++) {
    const place = at * 3;
    result[at] = (data[place] * 19595 + data[place + 1] * 38470 + data[place + 2] * 7471 + 0x8000) >> 16;
  }
  return result;
}
