/**
 * The batch of a .tflite network fixed at one. The package's network takes batches of any size, which its file states
 * as -1 in the tensors' shape_signature; LiteRT.js 2.5 runs no network with such a shape.
 */

const [SUBGRAPHS, TENSORS, INPUTS, OUTPUTS, SHAPE, SHAPE_SIGNATURE] = [2, 0, 1, 2, 0, 7];
const ANY = -1;

/** Write 1 for every open dimension in `bytes` (Uint8Array, changed in place); return how many there were. */
export function fixBatch(bytes) {
  const table = new Tables(bytes);
  let fixed = 0;
  for (const subgraph of table.each(table.root, SUBGRAPHS)) {
    for (const tensor of table.each(subgraph, TENSORS)) {
      const [first, length] = table.vector(tensor, SHAPE_SIGNATURE);
      for (let place = first; place < first + 4 * length; place += 4) {
        if (table.view.getInt32(place, true) !== ANY) continue;
        table.view.setInt32(place, 1, true);
        fixed++;
      }
    }
  }
  return fixed;
}

/**
 * Return a copy of the network in `bytes` whose one input takes [1, height, width, 3]. Its outputs [1, anchors, values]
 * grow with the picture, too, which LiteRT.js has to be told; LiteRT works out all shapes between them.
 */
export function withInput(bytes, [height, width]) {
  const copy = bytes.slice();
  const table = new Tables(copy);
  const [subgraph] = table.each(table.root, SUBGRAPHS);
  const tensors = table.each(subgraph, TENSORS);
  const shapes = (field) => table.numbers(subgraph, field).map((index) => table.vector(tensors[index], SHAPE)[0]);
  const [input] = shapes(INPUTS);
  const before = table.get(input, 1) * table.get(input, 2);
  table.set(input, 1, height);
  table.set(input, 2, width);
  for (const output of shapes(OUTPUTS)) table.set(output, 1, (table.get(output, 1) / before) * height * width);
  return copy;
}

/** Tables and vectors of a FlatBuffer (https://flatbuffers.dev/internals/), each by its place in the file. */
class Tables {
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.root = this.follow(0);
  }

  follow(place) {
    return place + this.view.getUint32(place, true);
  }

  /** Return [place of the first element, number of elements] of the vector in `field`; an absent one has none. */
  vector(table, field) {
    const fields = table - this.view.getInt32(table, true);
    const entry = 4 + 2 * field;
    const offset = entry < this.view.getUint16(fields, true) ? this.view.getUint16(fields + entry, true) : 0;
    if (!offset) return [0, 0];
    const start = this.follow(table + offset);
    return [start + 4, this.view.getUint32(start, true)];
  }

  /** Return the numbers in the vector in `field`. */
  numbers(table, field) {
    const [first, length] = this.vector(table, field);
    return Array.from({ length }, (_, at) => this.get(first, at));
  }

  get(first, at) {
    return this.view.getInt32(first + 4 * at, true);
  }

  set(first, at, value) {
    this.view.setInt32(first + 4 * at, value, true);
  }

  /** Return the places of the tables in the vector in `field`. */
  each(table, field) {
    const [first, length] = this.vector(table, field);
    return Array.from({ length }, (_, at) => this.follow(first + 4 * at));
  }
}
