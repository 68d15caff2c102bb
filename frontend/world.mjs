// The land of the world in the Equal Earth projection, drawn once; the server places markers on it by the same formula.
import { geoEqualEarth, geoPath } from "d3-geo";
import { feature } from "topojson-client";

const WIDTH = 960;
const HEIGHT = 440;

/** The drawing, and what the server needs to place a point: size, scale and centre. */
export function worldMap(topology) {
  const land = feature(topology, topology.objects.land);
  land.features?.splice(0, Infinity, ...land.features.map(withoutAntarctica));
  const projection = geoEqualEarth().fitSize([WIDTH, HEIGHT], land);
  const outline = geoPath(projection).digits(1)(land);
  const [x, y] = projection.translate();
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}"><path fill="#dfe6ee" d="${outline}"/></svg>\n`;
  return { svg, map: { width: WIDTH, height: HEIGHT, scale: projection.scale(), x, y } };
}

/** No partner lives there, and it takes a fifth of the height. */
function withoutAntarctica(land) {
  const { type, coordinates } = land.geometry;
  const kept = coordinates.filter((polygon) => Math.max(...polygon[0].map((point) => point[1])) > -60);
  return { ...land, geometry: { type, coordinates: kept } };
}
