// The Equal Earth projection (Šavrič, Patterson, Jenny 2018), as the drawing of the land uses it.
import { settings } from "./settings.js";

const [A1, A2, A3, A4] = [1.340264, -0.081106, 0.000893, 0.003796];
const M = Math.sqrt(3) / 2;

/** Where a place is on the drawing. */
export function project(latitude, longitude) {
  const { scale, x, y } = settings.map;
  const t = Math.asin(M * Math.sin((latitude * Math.PI) / 180));
  const t2 = t * t;
  const t6 = t2 * t2 * t2;
  const east = (((longitude * Math.PI) / 180) * Math.cos(t)) / (M * (A1 + 3 * A2 * t2 + t6 * (7 * A3 + 9 * A4 * t2)));
  const north = t * (A1 + A2 * t2 + t6 * (A3 + A4 * t2));
  return [x + scale * east, y - scale * north];
}
