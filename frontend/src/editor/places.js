// Where the rows of an answer are: coordinates of their own, else those that the graph has for the things they name.
import { endpoint } from "./settings.js";
import { columnsOf, isNumber, nameOf, term } from "./values.js";

const LATITUDE = /^lat(itude|itudine)?$/i;
const LONGITUDE = /^(lon|lng|long(itude|itudine)?)$/i;
const POINT = /^POINT\s*\(\s*(-?[\d.]+)\s+(-?[\d.]+)\s*\)$/i;
const MOST = 300; // values that are looked up

/** Whether an answer may have places: coordinates, or values that could name a place. */
export function mayHavePlaces(answer) {
  return coordinates(answer) !== null || answer.rows.some((row) => Object.values(row).some(mayName));
}

/** The rows that have a place, with it: { row, column, latitude, longitude }. */
export async function placesOf(answer) {
  const read = coordinates(answer) ?? (await lookedUp(answer));
  return answer.rows.map((row) => ({ row, column: nameOf(answer, row), ...read(row) })).filter((place) => Number.isFinite(place.latitude) && Math.abs(place.latitude) <= 90 && Math.abs(place.longitude) <= 180);
}

function coordinates(answer) {
  const numbers = columnsOf(answer, isNumber);
  const latitude = numbers.find((name) => LATITUDE.test(name));
  const longitude = numbers.find((name) => LONGITUDE.test(name));
  if (latitude && longitude) return (row) => ({ latitude: Number(row[latitude]?.value), longitude: Number(row[longitude]?.value) });
  const [point] = columnsOf(answer, (value) => POINT.test(value.value));
  if (!point) return null;
  return (row) => {
    const [, x, y] = POINT.exec(row[point]?.value ?? "") ?? [];
    return { latitude: Number(y), longitude: Number(x) };
  };
}

const mayName = (value) => value.type === "uri" || (value.type === "literal" && !value.datatype);

/** Ask the graph for the coordinates of what the rows name, by IRI or by label. */
async function lookedUp(answer) {
  const terms = new Set(answer.rows.flatMap((row) => Object.values(row).filter(mayName).map(term)));
  const asked = [...terms].slice(0, MOST);
  const [iris, names] = [true, false].map((isIri) => asked.filter((text) => text.startsWith("<") === isIri).join(" "));
  const query = `SELECT ?value ?latitude ?longitude {
    { VALUES ?place { ${iris} } BIND(?place AS ?value) } UNION { VALUES ?value { ${names} } ?place rdfs:label ?value }
    ?place cr:latitude ?latitude ; cr:longitude ?longitude }`;
  const body = new URLSearchParams({ query, format: "json" });
  const found = await fetch(endpoint(), { method: "POST", body });
  if (!found.ok) return () => ({});
  const { results } = await found.json();
  const known = new Map(results.bindings.map((row) => [term(row.value), row]));
  return (row) => {
    const place = Object.values(row).filter(mayName).map((value) => known.get(term(value))).find(Boolean);
    return place ? { latitude: Number(place.latitude.value), longitude: Number(place.longitude.value) } : {};
  };
}
