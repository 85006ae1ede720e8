/** Python's arithmetic where JavaScript's differs. */

/** Return the whole number nearest to `value`, of two equally near ones the even one, as Python's round. */
export function round(value) {
  const below = Math.floor(value);
  const rest = value - below;
  if (rest !== 0.5) return rest < 0.5 ? below : below + 1;
  return below % 2 === 0 ? below : below + 1;
}
